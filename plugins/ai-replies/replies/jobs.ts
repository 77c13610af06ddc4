/** Answers as jobs: the timers of turns, and of answers whose time has not come. */
import Type from 'typebox';
import type { BoundJob } from '#core/kit.ts';
import { defineJob } from '#core/plugin.ts';
import { halfOf } from '../lane-limit.ts';
import { FORGET_SESSION } from './assistant-sessions.ts';
import { SEND_JOB } from './outcomes.ts';
import type { RepliesScope } from './services.ts';
import { ANSWER_JOB } from './turns.ts';

const Answer = Type.Object({ conversation: Type.String() });
const Send = Type.Object({ reply: Type.String() });

/** Longest that an answer may take, with all providers that are asked one after the other. */
const LONGEST_ANSWER_MS = 5 * 60_000;
const SENDING_AT_ONCE = 50;
/** Then a person takes over, as with answers that no model gives. */
const MOST_TRIES = 10;

/** An assistant that is down for a day is asked again and again. */
export const forgetSession = defineJob({
  name: FORGET_SESSION,
  summary: 'Asks an assistant to forget a conversation that is erased here',
  payload: Type.Object({
    tenant: Type.String(),
    provider: Type.String(),
    identity: Type.String(),
    session: Type.String(),
    user: Type.String(),
  }),
  concurrency: 5,
  perLane: 2,
  mustHappen: true,
  async run({ tenant, provider, identity, session, user }, { signal }, { models }: RepliesScope) {
    await models.delete(tenant, { provider, identity }, { id: session, user }, signal);
  },
});

/** As many answers at once as the configuration says, which is known when the services are. Sending waits for nobody outside. */
export function replyJobs({ aiConfig, outcomes, overdue, replier }: RepliesScope): BoundJob[] {
  return [
    {
      name: ANSWER_JOB,
      summary: 'Answers what was said in a conversation, once the person pauses',
      payload: Answer,
      concurrency: aiConfig.concurrency,
      perLane: halfOf(aiConfig.concurrency),
      timeoutMs: LONGEST_ANSWER_MS,
      maxAttempts: MOST_TRIES,
      // Its log is made when it is asked for.
      async run(payload, context) {
        const conversation = stringIn(payload, 'conversation');
        try {
          await replier.answer(conversation, context.signal);
        } catch (error) {
          if (context.attempt < MOST_TRIES) throw error;
          context.log.error(error, 'An answer could not be made, a person takes over');
          await replier.giveUp(conversation);
        }
      },
    },
    {
      name: SEND_JOB,
      summary: 'Sends an answer when its time has come',
      payload: Send,
      concurrency: SENDING_AT_ONCE,
      maxAttempts: MOST_TRIES,
      async run(payload, context) {
        const reply = stringIn(payload, 'reply');
        try {
          await outcomes.sendReady(reply);
        } catch (error) {
          if (context.attempt < MOST_TRIES) throw error;
          context.log.error(error, 'An answer could not be sent, a person takes over');
          await overdue.giveUpReply(reply);
        }
      },
    },
  ];
}

function stringIn(payload: unknown, name: string): string {
  return String(Object.entries(payload ?? {}).find(([own]) => own === name)?.[1] ?? '');
}
