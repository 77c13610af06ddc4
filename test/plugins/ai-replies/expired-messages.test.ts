/** A tenant that keeps messages for some days keeps no copy of them elsewhere either. */
import assert from 'node:assert/strict';
import { tracesOf } from '#test/support/traces.ts';
import { upload } from '../robots/support.ts';
import { type Answers, PAUSE_MS, startAnswers } from './answers-support.ts';

const MARK = 'zaffre street';
const DAY_MS = 24 * 3600_000;

describe('messages that a tenant keeps no longer', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
  });
  after(() => answers.stop());

  it('leave nothing in answers of AI, suggestions and the list of conversations', async () => {
    const { app } = answers;
    const { owner, robot } = await answers.tenant();
    assert.equal((await owner.http.patch('/api/v2/tenant/settings', { robots_message_days: 1 })).status, 200);
    answers.says(`We know ${MARK}.`);
    await upload(robot, { spoken: `I live in ${MARK}` });
    await answers.pass(PAUSE_MS);
    await upload(robot, { spoken: `Where is ${MARK}?` });
    const [talk] = (await owner.http.get('/api/platform/robots/conversations')).body.items;
    const answer = { text: `Near ${MARK}.` };
    assert.equal((await owner.http.post(`/api/platform/robots/conversations/${talk.id}/answers`, answer)).status, 201);
    const reason = `400: what is “I live in ${MARK}”?`;
    const failed = {
      type: 'ai',
      level: 'warn',
      message: 'An answer could not be made',
      tenantId: owner.tenantId,
    } as const;
    app.services.robotLogs.note({ ...failed, details: { conversation: talk.id, reason } });
    await app.services.jobs.idle();
    const before = await tracesOf(app, { texts: [MARK] });
    for (const table of [
      'ai_replies_replies',
      'ai_replies_answers',
      'robots_messages',
      'robots_conversations',
      'robots_logs',
    ])
      assert.ok(
        before.some((place) => place.startsWith(`${table}.`)),
        `nothing in ${table}: ${before}`,
      );

    await app.clock.advance(3 * DAY_MS);
    // Its hour has come meanwhile: it may be done, or under way.
    await app.platform.cron.runDue();
    await app.services.inboxRetention.sweep(100);
    await app.services.jobs.idle();
    const left = await tracesOf(app, { texts: [MARK] });
    assert.deepEqual(left, []);
  });
});
