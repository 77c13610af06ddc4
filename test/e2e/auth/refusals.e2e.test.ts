/** Readers of Chinese are refused in Chinese: by the meaning of the code, by the rule of a field, by another plugin than the page's. */
import assert from 'node:assert/strict';
import { ADMIN, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('refusals in Chinese', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let person: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ billing: {} });
    person = await register(app, 'paula');
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app, { language: 'zh' });
  });
  afterEach(() => visitor.leave());

  it('say what the code means', async () => {
    const { page } = visitor;
    visitor.expectProblem(/401/);
    await visitor.open('/sign-in');
    await page.getByLabel('邮箱地址或用户名').fill(person.email);
    await page.getByRole('textbox', { name: '密码' }).fill('not the right one');
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.getByRole('alert').getByText('账号或密码不正确').waitFor();
    await visitor.assertAccessible();
  });

  it('say at the field what its rule asks for', async () => {
    const { page } = visitor;
    visitor.expectProblem(/422/);
    await visitor.signIn(person.email, person.password);
    await visitor.open('/settings/profile');
    await page.getByRole('button', { name: '编辑资料' }).click();
    const username = page.getByRole('dialog').getByLabel('用户名');
    await username.fill('not one word');
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('dialog').getByText('格式不正确', { exact: true }).waitFor();
    assert.equal(await page.getByRole('dialog').getByRole('alert').count(), 0);
    await username.press('Escape');
  });

  it('are said once, at the field, and lead to it', async () => {
    const { page } = visitor;
    visitor.expectProblem(/422/);
    await visitor.signIn(person.email, person.password);
    await visitor.open('/settings/security');
    await page.getByRole('button', { name: '修改密码' }).click();
    const dialog = page.getByRole('dialog', { name: '修改密码' });
    await dialog.getByRole('textbox', { name: '当前密码' }).fill(person.password);
    const password = dialog.getByRole('textbox', { name: '新密码' });
    await password.fill('password');
    await dialog.getByRole('button', { name: '保存密码' }).click();
    await dialog.getByText('此密码太容易被猜到，请换一个').waitFor();
    assert.equal(await dialog.getByText('此密码太容易被猜到').count(), 1);
    assert.equal(await dialog.getByText('请求编号').count(), 0);
    await password.and(page.locator(':focus')).waitFor();
    await visitor.assertAccessible();
  });

  it('are said in the words of the plugin that refuses, on pages of another one too', async () => {
    await signInAdmin(app);
    const { page } = visitor;
    visitor.expectProblem(/409/);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await page.route('**/api/platform/auth/invitations', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 409,
            contentType: 'application/problem+json',
            body: JSON.stringify({
              type: 'urn:patchbay:error:same_plan',
              title: 'Same',
              status: 409,
              code: 'same_plan',
            }),
          })
        : route.fallback(),
    );
    await visitor.open('/settings/people/invitations');
    await page.getByRole('button', { name: '邀请' }).first().click();
    await page.getByRole('dialog').getByLabel('邮箱地址').fill('new@example.com');
    await page.getByRole('dialog').getByRole('button', { name: '创建邀请' }).click();
    await page.getByRole('alert').getByText('您已在使用此套餐').waitFor();
  });
});
