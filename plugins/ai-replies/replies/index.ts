/** Replies: when a robot answers, with what, and when a person has to. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import { ROBOT_READERS } from '../visibility.ts';
import { REPLY_ATTENTION } from './attention.ts';
import { replyCron } from './cron.ts';
import { replyFunctions } from './functions.ts';
import { forgetSession, replyJobs } from './jobs.ts';
import { replyRoutes } from './routes/index.ts';
import { type RepliesScope, replyServices } from './services.ts';
import { repliesHearWithin, repliesPassOver, replySubscriptions } from './subscriptions.ts';
import { replyTables } from './tables.ts';

export const replies = definePart<RepliesScope & { config: AiRepliesConfig }>({
  name: 'replies',
  summary: 'When a robot answers, with what, and when a person has to',
  needs: ['models', 'knowledge', 'tools'],
  contents: { replies: 'ai_replies_replies' },
  tables: replyTables,
  services: replyServices,
  routes: replyRoutes,
  cron: replyCron,
  jobs: [forgetSession],
  functions: replyFunctions,
  on: replySubscriptions,
  passOver: repliesPassOver,
  hearWithin: repliesHearWithin,
  // Nobody else sees that a customer waits for an answer, or for the word that a person comes.
  mustHear: ['robot.message', 'conversation.handed_over'],
  attention: REPLY_ATTENTION,
  events: {
    'ai.reply.generated': Type.Object({
      reply_id: Type.String(),
      conversation_id: Type.String(),
      robot_id: Type.String(),
      contact_id: Type.String(),
      state: Type.Enum(['sent', 'draft']),
      provider: Type.Union([Type.String(), Type.Null()]),
      model: Type.Union([Type.String(), Type.Null()]),
    }),
    'ai.reply.rejected': Type.Object({
      reply_id: Type.String(),
      conversation_id: Type.String(),
      robot_id: Type.String(),
      contact_id: Type.String(),
    }),
    'ai.reply.held': Type.Object({
      conversation_id: Type.String(),
      robot_id: Type.String(),
      reason: Type.String(),
    }),
  },
  eventAccess: {
    'ai.reply.generated': ROBOT_READERS,
    'ai.reply.rejected': ROBOT_READERS,
    'ai.reply.held': ROBOT_READERS,
  },
  async start(scope) {
    for (const job of replyJobs(scope)) scope.jobs.add(job);
  },
});
