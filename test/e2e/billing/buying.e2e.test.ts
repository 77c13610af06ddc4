/** Buying a plan by hand: what it comes to, where to pay, the operator who sees the money, and the plan that is there then. */
import assert from 'node:assert/strict';
import { ADMIN, addMember, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('buying a plan', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  const visitors: Visitor[] = [];
  const comes = async (
    options: Parameters<typeof visit>[1],
    { email, password }: { email: string; password: string },
  ) => {
    const visitor = await visit(app, options);
    visitors.push(visitor);
    await visitor.signIn(email, password);
    return visitor;
  };
  before(async () => {
    const manual = { instructions: 'Send it to DE12 3456' };
    app = await startPages({ billing: { defaultPlan: 'free', manual } });
    owner = await register(app);
  });
  after(() => app.stop());
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.leave();
  });

  it('is paid by hand, and confirmed by the operator on a telephone', async () => {
    const buyer = await comes({}, owner);
    const { page } = buyer;
    await buyer.open('/settings/plan');
    await page.getByRole('link', { name: 'Choose a plan' }).click();
    await page.getByRole('button', { name: 'Choose Pro' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pro' });
    await dialog.getByText('To pay now').waitFor();
    await dialog.getByText('Pro (monthly)').waitFor();
    await buyer.assertAccessible();
    await dialog.getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByText('Send it to DE12 3456').waitFor();
    await buyer.sees('Payment');
    await buyer.assertAccessible();

    const operator = await comes({ width: 'phone', scheme: 'dark' }, ADMIN);
    await operator.open('/sales/checkouts?status=open');
    await operator.page.getByRole('button', { name: 'Confirm payment' }).click();
    const question = operator.page.getByRole('dialog', { name: 'Confirm payment' });
    await question.getByText('$29.90').waitFor();
    await question.getByRole('button', { name: 'Confirm payment' }).click();
    await operator.page.getByText('The payment is confirmed').waitFor();

    await page.getByRole('link', { name: 'To your plan' }).click();
    const plan = page.getByRole('region', { name: 'Your plan' });
    await plan.getByText('$29.90').waitFor();
    await page.getByRole('link', { name: 'Invoices' }).click();
    await page.getByRole('link', { name: 'INV-000001', exact: true }).click();
    await page.getByRole('region', { name: 'Positions' }).waitFor();
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'PDF' }).click();
    assert.equal((await coming).suggestedFilename(), 'INV-000001.pdf');
  });

  it('can be taken back until the period ends', async () => {
    const buyer = await comes({}, owner);
    const { page } = buyer;
    await buyer.open('/settings/plan');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Cancel at the end of the period' }).click();
    await page.getByText('Your plan is ending').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('You keep your plan').waitFor();
    await page.getByText('Renews on').waitFor();
  });

  it('is nothing that a member decides, who sees what is used', async () => {
    const member = await addMember(app, owner, 'member');
    const usage = { meter: 'messages', amount: 4200, idempotency_key: 'one' };
    assert.equal((await owner.http.post('/api/platform/billing/usage', usage)).status, 200);
    const visitor = await comes({ language: 'zh', width: 'phone' }, member);
    await visitor.open('/settings/plan');
    await visitor.page.getByText('4,200 / 5,000').waitFor();
    await visitor.page.getByRole('progressbar', { name: '已发送消息' }).waitFor();
    assert.equal(await visitor.page.getByRole('link', { name: '更换套餐' }).count(), 0);
    await visitor.assertAccessible();
  });
});
