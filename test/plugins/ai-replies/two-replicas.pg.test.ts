/** Two replicas on one database: a message that one hears gives up what the other's model works on, and nothing is said twice. */
import assert from 'node:assert/strict';
import { freshDatabase, type TestPlatform } from '#test/support/harness.ts';
import { poll, upload } from '../robots/support.ts';
import { type Answers, conversationOf, PAUSE_MS, said, startAnswers } from './answers-support.ts';

describe('answers of two replicas', () => {
  let answers: Answers;
  let other: TestPlatform;
  before(async () => {
    answers = await startAnswers({ database: await freshDatabase() });
    other = await answers.another();
  });
  after(async () => {
    await other.platform.stop();
    await answers.stop();
  });

  it('are given up by the one when the other hears something newer', async () => {
    const { robot } = await answers.tenant();
    const { promise: isAsked, resolve } = Promise.withResolvers<void>();
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    answers.says(async () => {
      resolve();
      await mayEnd;
      return { action: 'reply', text: 'Too late.' };
    });
    await upload(robot, { spoken: 'first' });
    await idle();
    await answers.app.clock.advance(PAUSE_MS);
    await isAsked;
    const elsewhere = { ...robot, http: other.http.bearer(robot.token) };
    await upload(elsewhere, { spoken: 'second' });
    await other.services.jobs.idle();
    answers.says('Both.');
    end();
    await idle();
    await answers.app.clock.advance(PAUSE_MS);
    await idle();
    assert.deepEqual(await said(answers, robot), ['Both.']);
    assert.equal((await poll(robot)).length, 1);
  });

  it('are sent once when both make them', async () => {
    const { owner, robot } = await answers.tenant({ replyDelayMin: 0, replyDelayMax: 0 });
    answers.says('Once.');
    await upload(robot, { spoken: 'hello' });
    await idle();
    const conversation = await conversationOf(owner);
    const { signal } = new AbortController();
    const replicas = [answers.app, other];
    const due = answers.app.services.db.write('ai_replies_turns').where({ conversation_id: conversation });
    await due.update({ due_at: answers.app.clock.now() });
    await Promise.all(
      replicas.flatMap(({ services }) => [1, 2].map(() => services.replier.answer(conversation, signal))),
    );
    await answers.app.clock.advance(PAUSE_MS);
    await idle();
    assert.deepEqual(await said(answers, robot), ['Once.']);
  });

  async function idle(): Promise<void> {
    for (const { services } of [answers.app, other]) await services.jobs.idle();
  }
});
