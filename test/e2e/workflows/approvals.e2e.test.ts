/** Decisions: in one's inbox with a comment, and by the link of a mail without an account. */
import assert from 'node:assert/strict';
import { ADMIN, catchMails, confirmAddress, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';
import { publish, run } from './support.ts';

describe('approvals', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ workflows: {} });
    owner = await register(app);
    await confirmAddress(app, owner);
    await publish(
      owner,
      'refund',
      `do: [ { ask: { call: workflows.approve, with: { to: '\${ .to }', title: 'A refund', text: 'Pay 12 back?' } } } ]`,
    );
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('are decided in the inbox, with a comment', async () => {
    const id = await run(owner, 'refund', { to: owner.email });
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/automations/approvals');
    await page.getByRole('heading', { name: 'A refund' }).waitFor();
    await visitor.assertAccessible();
    await page.getByLabel(/^Comment/).fill('She is right.');
    await page.getByRole('button', { name: 'Approve: A refund' }).click();
    await page.getByText('Nothing waits for you').waitFor();
    await visitor.open(`/automations/runs/${id}`);
    await page.getByText('Completed', { exact: true }).first().waitFor();
    await page.getByText('She is right.').waitFor();
  });

  it('have a link to be given by hand where no mail can be sent, for who runs the server alone', async () => {
    const id = await run(owner, 'refund', { to: 'stranger@example.net' });
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/automations/runs/${id}?task=/do/0/ask`);
    await page.getByText('Ask the person who runs it for the link to this decision').waitFor();
    assert.equal((await owner.http.post(`/api/platform/executions/${id}/approval-links`)).status, 403);

    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open(`/automations/runs/${id}?task=/do/0/ask`);
    await page.getByRole('button', { name: 'Show the link' }).click();
    const link = await page.getByLabel('For stranger@example.net: A refund').inputValue();
    await visitor.assertAccessible();
    await visitor.open(new URL(link).pathname + new URL(link).search);
    await page.getByRole('heading', { name: 'A refund', level: 1 }).waitFor();
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('status').getByText('It was approved').waitFor();
  });

  it('are decided by a mailed link, on a telephone', async () => {
    const mails = catchMails(app);
    const id = await run(owner, 'refund', { to: 'stranger@example.net' });
    await app.services.jobs.idle();
    const path = /\/workflows\/approve\?token=\S+/.exec(mails[0]?.text ?? '')?.[0];
    assert.ok(path);
    visitor = await visit(app, { language: 'zh', scheme: 'dark', width: 'phone' });
    const { page } = visitor;
    await visitor.open(path);
    await page.getByRole('heading', { name: 'A refund', level: 1 }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: /^拒绝/ }).click();
    await page.getByRole('status').getByText('已拒绝').waitFor();

    // Until the execution has gone on, the link shows what was decided.
    while ((await owner.http.get(`/api/platform/executions/${id}`)).body.status === 'waiting')
      await page.waitForTimeout(10);
    visitor.expectProblem(/403/);
    await visitor.open(path);
    await page.getByRole('alert').waitFor();
    await visitor.open('/workflows/approve');
    await page.getByText('链接不完整').waitFor();
  });
});
