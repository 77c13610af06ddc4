/** Signing in by password, with mouse and keyboard, and finding one's way to where one wanted to go. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('signing in', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages();
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('leads to the page that was asked for, by keyboard alone', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.open('/settings/people?status=active');
    await visitor.sees('Sign in');
    await visitor.assertAccessible();
    await page.keyboard.press('Tab');
    await page.keyboard.type(ADMIN.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(ADMIN.password);
    await page.keyboard.press('Enter');
    await page.getByRole('grid', { name: 'People' }).waitFor();
    assert.equal(new URL(page.url()).search, '?status=active');
    assert.equal(await page.title(), 'People · Patchbay');
  });

  it('says what is wrong with a wrong password, in Chinese too', async () => {
    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    visitor.expectProblem(/401/);
    await visitor.open('/');
    await visitor.sees('登录');
    await page.getByLabel('邮箱地址或用户名').fill(ADMIN.email);
    await page.locator('input[type=password]').fill('wrong-password');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('alert').filter({ hasText: '账号或密码不正确' }).waitFor();
    assert.equal(await page.getByText('请求编号').count(), 0, 'nothing to look up in a log');
    await visitor.assertAccessible();
  });
});
