/** What operators sell: a plan is made, a coupon, and a tenant is put on the plan with limits of its own. */
import assert from 'node:assert/strict';
import { ADMIN, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('selling plans', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ billing: { defaultPlan: 'free' } });
    owner = await register(app, 'grace');
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('makes a plan, and changes it without undoing what somebody else has changed', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    visitor.expectProblem(/412/);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/sales/plans');
    await page.getByRole('button', { name: 'New plan' }).click();
    const dialog = page.getByRole('dialog', { name: 'New plan' });
    await dialog.getByLabel('Name').fill('Team');
    await dialog.getByLabel('Plan id').fill('team');
    await dialog.getByLabel('Price per month').fill('19.9');
    await dialog.getByLabel('Price per year').fill('199');
    await visitor.assertAccessible();
    await dialog.getByRole('tab', { name: 'Limits' }).click();
    await dialog.getByLabel('Messages sent per month').fill('1000');
    await dialog.getByRole('button', { name: 'Create plan' }).click();
    await page.getByText('Team created').waitFor();

    await page.getByRole('button', { name: 'Team', exact: true }).click();
    const edit = page.getByRole('dialog', { name: 'Edit Team' });
    await edit.getByLabel('Price per month').fill('21');
    const { http } = await signInAdmin(app);
    const plans = await http.get('/api/platform/billing/all-plans?plan_id=team');
    const path = `/api/v2/admin/plans/${plans.body.items[0].id}`;
    await http.patch(path, { price_monthly: 25, description: 'For teams' });
    await edit.getByRole('button', { name: 'Save' }).click();
    await edit.getByText('Someone else changed this in the meantime').waitFor();
    await edit.getByText('Price per month is now: 25').waitFor();
    await edit.getByText('Description is now: For teams').waitFor();
    await visitor.assertAccessible();
    // What was written is kept, and saved in place of theirs; what was not touched is left as they made it.
    assert.equal(await edit.getByLabel('Price per month').inputValue(), '21');
    await edit.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('gridcell', { name: '$21.00' }).waitFor();
    const [saved] = (await http.get('/api/platform/billing/all-plans?plan_id=team')).body.items;
    assert.deepEqual([saved.price_monthly, saved.description, saved.price_yearly], [21, 'For teams', 199]);
  });

  it('makes a coupon, on a telephone, and turns it off and on again', async () => {
    visitor = await visit(app, { width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/sales/coupons');
    await page.getByRole('button', { name: 'New coupon' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'New coupon' });
    await dialog.getByLabel('Code').fill('welcome20');
    await dialog.getByLabel('Percent off').fill('20');
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Create coupon' }).click();
    await page.getByRole('button', { name: 'WELCOME20', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Actions for WELCOME20' }).click();
    await page.getByRole('menuitem', { name: 'Turn off' }).click();
    await page.getByText('WELCOME20 is turned off').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('gridcell', { name: 'Active' }).waitFor();
    const quote = '/api/platform/billing/subscription/quote?plan_id=pro&coupon=WELCOME20';
    assert.equal((await owner.http.get(quote)).body.total, 23.92);
  });

  it('puts a tenant on a plan, and grants it more', async () => {
    visitor = await visit(app, { language: 'zh' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/sales');
    await page.getByRole('button', { name: '为客户设置套餐' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(new URL('/register', app.url).href).waitFor();
    await dialog.getByRole('combobox', { name: '组织' }).fill('grace');
    await page.getByRole('option', { name: /grace/ }).click();
    await dialog.getByRole('combobox', { name: '套餐' }).click();
    await page.getByRole('option', { name: 'Business' }).click();
    await dialog.getByText('组织免费使用').waitFor();
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: '设置套餐' }).click();
    await page.getByRole('gridcell', { name: '免费' }).waitFor();
    await page.getByRole('link', { name: '单独限额' }).click();
    await page.getByRole('combobox', { name: '查找组织' }).fill('grace');
    await page.getByRole('option', { name: /grace/ }).click();
    await page.getByRole('region', { name: '套餐' }).getByText('Business').waitFor();

    await page.getByRole('button', { name: '单独限额' }).click();
    await page.getByRole('dialog').getByLabel('群组').fill('77');
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
    await page.getByRole('row', { name: /群组.*77/ }).waitFor();
    await visitor.assertAccessible();
    const { body } = await owner.http.get('/api/v2/billing/subscription');
    assert.deepEqual([body.plan_id, body.limits.max_groups], ['business', 77]);

    await visitor.open('/sales');
    const change = page.getByRole('button', { name: /^更改套餐：/ });
    await change.waitFor();
    await visitor.assertAccessible();
    await change.click();
    await dialog.getByRole('combobox', { name: '套餐' }).waitFor();
    await page.keyboard.press('Escape');
    await visitor.open('/sales/usage');
    await page.getByText('计量项目', { exact: true }).waitFor();
  });
});
