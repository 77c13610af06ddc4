/** A suspended tenant: no model is asked for it, and what was heard before is answered when it is active again. */
import assert from 'node:assert/strict';
import { signInAdmin } from '#test/support/accounts.ts';
import { upload } from '../robots/support.ts';
import { type Answers, PAUSE_MS, said, startAnswers } from './answers-support.ts';

describe('models of a suspended tenant', () => {
  let answers: Answers;
  before(async () => {
    answers = await startAnswers();
  });
  after(() => answers.stop());

  it('are asked nothing until it is active again', async () => {
    const { owner, robot } = await answers.tenant();
    const admin = await signInAdmin(answers.app);
    const standing = async (status: string) =>
      assert.equal((await admin.http.patch(`/api/v2/admin/tenants/${owner.tenantId}`, { status })).status, 200);
    answers.says('Hello.');
    await upload(robot, { spoken: 'hello' });
    await standing('suspended');
    await answers.pass(PAUSE_MS);
    await answers.pass(15 * 60_000);
    assert.equal(answers.asked().length, 0);
    const { models } = answers.app.services;
    const asker = { tenantId: owner.tenantId, purpose: 'reply' as const };
    await assert.rejects(models.ask({ asker, messages: [] } as never), { code: 'tenant_suspended' });
    await standing('active');
    await answers.pass(11 * 60_000);
    assert.deepEqual(await said(answers, robot), ['Hello.']);
  });
});
