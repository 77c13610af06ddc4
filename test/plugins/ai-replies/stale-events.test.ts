/** Events that are told of again, as after the death of a process: what has come of them stays. */
import assert from 'node:assert/strict';
import { replySubscriptions } from '#plugins/ai-replies/replies/subscriptions.ts';
import type { Person } from '#test/support/accounts.ts';
import { testDatabase } from '#test/support/harness.ts';
import { upload } from '../robots/support.ts';
import { type Answers, conversationOf, PAUSE_MS, say, setPolicy, startAnswers } from './answers-support.ts';

const HOUR_MS = 3600_000;

describe('what is told of again', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
  });
  beforeEach(() => answers.says('Draft.'));
  after(() => answers.stop());

  const states = async (owner: Person): Promise<string[]> => {
    const { body } = await owner.http.get('/api/platform/ai/replies');
    return body.items.map(({ state, reason, question }: Record<string, string>) => `${state} ${reason} ${question}`);
  };

  /** A minute later, when somebody else has taken over. */
  async function again(type: keyof typeof replySubscriptions, event: unknown): Promise<void> {
    await answers.pass(60_000);
    await replySubscriptions[type](event as never, answers.app.services as never);
    await answers.pass(PAUSE_MS);
    await answers.pass(PAUSE_MS);
  }

  it('takes no draft back for a message that it answers', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    const recording = await answers.app.record(/^robot\.message$/);
    await say(answers, robot, 'first', 'second');
    assert.deepEqual(await states(owner), ['draft  first\nsecond']);
    for (const event of await recording.all()) await again('robot.message', event);
    assert.deepEqual(await states(owner), ['draft  first\nsecond']);
    assert.equal(answers.asked().length, 1);
  });

  it('answers a message of which nobody was told in time', async () => {
    const { owner, robot } = await answers.tenant();
    const { replier } = answers.app.services;
    const { receive, receiveWithin } = replier;
    await say(answers, robot, 'first');
    const recording = await answers.app.record(/^robot\.message$/);
    Object.assign(replier, {
      receive: async () => {},
      receiveWithin: async (_trx: unknown, events: unknown[]) => events,
    });
    await upload(robot, { spoken: 'second' });
    await answers.app.services.jobs.idle();
    Object.assign(replier, { receive, receiveWithin });
    const [event] = await recording.all();
    await again('robot.message', event);
    assert.deepEqual(await states(owner), ['sent  second', 'sent  first']);
  });

  it('takes no draft back for an end that came before what it answers', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    const recording = await answers.app.record(/^conversation\.closed$/);
    await say(answers, robot, 'first');
    const at = `/api/platform/robots/conversations/${await conversationOf(owner)}`;
    assert.equal((await owner.http.patch(at, { state: 'closed' })).status, 200);
    await answers.pass(PAUSE_MS);
    assert.deepEqual(await states(owner), ['withdrawn closed first']);
    await say(answers, robot, 'second');
    const [event] = await recording.all();
    await again('conversation.closed', event);
    assert.deepEqual((await states(owner))[0]?.split(' ')[0], 'draft');
  });

  it('takes a draft back for an end of which is told late', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    await say(answers, robot, 'first');
    const time = new Date(answers.app.clock.now()).toISOString();
    const data = { conversation_id: await conversationOf(owner) };
    await again('conversation.closed', { data, time, tenantid: owner.tenantId });
    assert.deepEqual(await states(owner), ['withdrawn closed first']);
  });

  for (const step of [-HOUR_MS, -24 * HOUR_MS])
    it(`does not end what answers it, when the clock was set back by ${-step / HOUR_MS} hours meanwhile`, async () => {
      const { owner, robot } = await answers.tenant();
      await setPolicy(owner, robot, { approval: true });
      const recording = await answers.app.record(/^robot\.message$/);
      await say(answers, robot, 'first');
      const [event] = await recording.all();
      answers.app.clock.jump(step);
      await upload(robot, { spoken: 'second' });
      await replySubscriptions['robot.message'](event as never, answers.app.services as never);
      await answers.pass(PAUSE_MS);
      await answers.pass(PAUSE_MS);
      answers.app.clock.jump(-step);
      assert.match((await states(owner))[0] ?? '', /^draft .*second$/s);
    });

  it('ends what a clock has noted that was ahead', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    await say(answers, robot, 'first');
    answers.app.clock.jump(HOUR_MS);
    await say(answers, robot, 'second');
    answers.app.clock.jump(-HOUR_MS);
    const at = `/api/platform/robots/conversations/${await conversationOf(owner)}`;
    assert.equal((await owner.http.patch(at, { state: 'closed' })).status, 200);
    await answers.pass(PAUSE_MS);
    assert.match((await states(owner))[0] ?? '', /^withdrawn closed /);
  });

  if (testDatabase === 'sqlite3') {
    it('is known with the message itself, when it is surely answered', async () => {
      const { owner, robot } = await answers.tenant();
      await say(answers, robot, 'first');
      const conversation_id = await conversationOf(owner);
      await upload(robot, { spoken: 'second' });
      const turn = await answers.app.services.db.write('ai_replies_turns').where({ conversation_id }).first();
      assert.equal(turn?.state, 'waiting');
    });

    it('ends nothing that waits to be stored while the end is written', async () => {
      const { app } = answers;
      const { owner, robot } = await answers.tenant();
      await say(answers, robot, 'first');
      const at = `/api/platform/robots/conversations/${await conversationOf(owner)}`;
      const { promise: uploading, resolve: begin } = Promise.withResolvers<Promise<string>>();
      const { transaction } = app.services.db;
      Object.assign(app.services.db, {
        transaction: (work: (trx: never) => Promise<unknown>, ...more: never[]) => {
          Object.assign(app.services.db, { transaction });
          return transaction(
            async (trx) => {
              begin(upload(robot, { spoken: 'second' }));
              await new Promise((resolve) => setTimeout(resolve, 100));
              app.clock.jump(40);
              const done = await work(trx as never);
              app.services.db.afterCommit(trx, () => app.clock.jump(1));
              return done;
            },
            ...more,
          );
        },
      });
      assert.equal((await owner.http.patch(at, { state: 'closed' })).status, 200);
      await await uploading;
      await answers.pass(PAUSE_MS);
      await answers.pass(PAUSE_MS);
      assert.deepEqual(await states(owner), ['sent  second', 'sent  first']);
    });

    it('ends nothing that was said a moment after it', async () => {
      const { owner, robot } = await answers.tenant();
      await say(answers, robot, 'first');
      const time = new Date(answers.app.clock.now() - 1).toISOString();
      await upload(robot, { spoken: 'second' });
      const data = { conversation_id: await conversationOf(owner) };
      const closed = { data, time, tenantid: owner.tenantId };
      await replySubscriptions['conversation.closed'](closed as never, answers.app.services as never);
      await answers.pass(PAUSE_MS);
      assert.deepEqual(await states(owner), ['sent  second', 'sent  first']);
    });
  }

  it('belongs to the same session when the clock was behind for a while', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    await upload(robot, { spoken: 'first' });
    answers.app.clock.jump(-24 * HOUR_MS);
    await upload(robot, { spoken: 'second' });
    answers.app.clock.jump(24 * HOUR_MS);
    await say(answers, robot, 'third');
    await answers.pass(PAUSE_MS);
    assert.deepEqual(await states(owner), ['draft  first\nsecond\nthird']);
  });

  it('waits for an answer although the next message comes after a longer pause than a session has', async () => {
    const { owner, robot } = await answers.tenant();
    await setPolicy(owner, robot, { approval: true });
    await upload(robot, { spoken: 'first' });
    answers.app.clock.jump(24 * HOUR_MS);
    await say(answers, robot, 'second');
    answers.app.clock.jump(-24 * HOUR_MS);
    assert.deepEqual(await states(owner), ['draft  first\nsecond']);
  });
});
