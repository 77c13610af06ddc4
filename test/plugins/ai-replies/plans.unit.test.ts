/** Plans that limit AI: calls and tokens of models, whoever asks. */
import assert from 'node:assert/strict';
import { signInAdmin } from '#test/support/accounts.ts';
import { type Answers, said, say, startAnswers, why } from './answers-support.ts';

describe('plans with limits of AI', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers({ plugins: { billing: {} } });
    answers.says('Yes.');
  });
  after(() => answers.stop());

  const limit = async (tenantId: string, limits: object) => {
    const { http: admin } = await signInAdmin(answers.app);
    const answer = await admin.patch(`/api/platform/billing/tenants/${tenantId}/overrides`, limits);
    assert.equal(answer.status, 200, answer.text);
  };

  for (const meter of ['ai_calls', 'ai_tokens']) {
    it(`ask no model beyond ${meter}, and say so`, async () => {
      const { owner, robot } = await answers.tenant();
      await limit(owner.tenantId, { [`max_${meter}_per_month`]: 1 });
      const generate = () => owner.http.post('/api/platform/functions/ai.generate', { input: { prompt: 'Tea?' } });
      assert.equal((await generate()).status, 200);
      // Counted once a second.
      await answers.app.clock.advance(5_000);
      await answers.app.services.usageMeters.writeNotes();
      assert.ok((await answers.app.services.usage.level(owner.tenantId, meter)).used >= 1);
      const before = answers.asked().length;
      const refused = await generate();
      assert.deepEqual([refused.status, refused.body.code], [403, 'limit_exceeded'], refused.text);
      await say(answers, robot, 'Tea?');
      assert.deepEqual(await said(answers, robot), []);
      assert.equal((await why(owner)).decisions[0].reason, 'limit');
      assert.equal(answers.asked().length, before, 'nobody is asked');
    });
  }

  it('count answers that were sent, and ask nobody for one more', async () => {
    const { owner, robot } = await answers.tenant();
    await limit(owner.tenantId, { ai_replies_per_month: 2 });
    for (const text of ['one', 'two']) await say(answers, robot, text);
    const before = answers.asked().length;
    await answers.app.clock.advance(5_000);
    await say(answers, robot, 'three');
    assert.deepEqual([(await said(answers, robot)).length, answers.asked().length], [2, before]);
    assert.equal((await why(owner)).decisions[0].reason, 'limit');
  });
});
