/** One's own account: keys, password, second factor, sessions in several tabs, one's data, and leaving. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { TOTP } from 'otpauth';
import { type Person, register, signIn } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe("one's own account", function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages();
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  const comeIn = async (person: Person, options: Parameters<typeof visit>[1] = {}) => {
    visitor = await visit(app, options);
    await visitor.signIn(person.email, person.password);
    return visitor.page;
  };

  it('has keys: made with rights from a list, shown once, given a new secret, revoked', async () => {
    const person = await register(app);
    const page = await comeIn(person);
    await visitor.open('/settings/api-keys');
    await page.getByRole('button', { name: 'New API key' }).first().click();
    await page.getByLabel('Name').fill('backup job');
    await page.getByRole('checkbox', { name: /account:read/ }).check();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Create key' }).click();
    const first = await page.getByLabel('Your new API key').inputValue();
    assert.equal((await app.http.apiKey(first).get('/api/platform/me')).status, 200);
    assert.equal((await app.http.apiKey(first).get('/api/platform/auth/api-keys')).status, 403);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('link', { name: 'backup job' }).click();
    await page.getByRole('heading', { name: 'backup job', level: 1 }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
    const second = await page.getByLabel('Your new API key').inputValue();
    assert.equal((await app.http.apiKey(first).get('/api/platform/me')).status, 401);
    assert.equal((await app.http.apiKey(second).get('/api/platform/me')).status, 200);
  });

  it('revokes a key once its name is written', async () => {
    const person = await register(app);
    const { raw_key, id } = (await person.http.post('/api/v2/api-keys', { name: 'old machine' })).body;
    const page = await comeIn(person, { width: 'phone' });
    await visitor.open(`/settings/api-keys/${id}`);
    await page.getByRole('button', { name: 'Revoke' }).click();
    const dialog = page.getByRole('dialog');
    assert.equal(await dialog.getByRole('button', { name: 'Revoke' }).isDisabled(), true);
    await dialog.getByRole('textbox').fill('old machine');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('The key is revoked').waitFor();
    assert.equal((await app.http.apiKey(raw_key).get('/api/platform/me')).status, 401);
  });

  it('gets another password and a second factor, and stays signed in here', async () => {
    const person = await register(app);
    const page = await comeIn(person, { scheme: 'dark' });
    await visitor.open('/settings/security');
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('Present password').fill(person.password);
    await page.getByLabel('New password').fill('quite another one 7');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByText('The password is changed').waitFor();
    assert.equal((await person.http.get('/api/platform/me')).status, 401);

    await page.getByRole('button', { name: 'Switch on' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    const secret = await dialog.getByText(/^[A-Z2-7]{16,}$/).innerText();
    const code = new TOTP({ secret }).generate({ timestamp: app.clock.now() });
    await dialog.getByLabel('Two-factor code').fill(code);
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText('Keep these recovery codes').waitFor();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('Signing in needs a code of your app').waitFor();
  });

  it('ends other sessions, and goes on in a tab whose session had ended', async () => {
    const person = await register(app);
    const page = await comeIn(person);
    visitor.expectProblem(/401/);
    await visitor.open('/settings/security');
    await page.getByRole('grid', { name: 'Where you are signed in' }).getByText('this one').waitFor();
    await page.getByRole('button', { name: 'Sign out all others' }).click();
    await page.getByText('Signed out everywhere else', { exact: true }).waitFor();
    assert.equal((await person.http.get('/api/platform/me')).status, 401);

    const elsewhere = await signIn(app, person.email, person.password);
    const { items } = (await elsewhere.http.get('/api/platform/auth/sessions')).body;
    const here = items.find(({ in_browser }: { in_browser: boolean }) => in_browser);
    assert.equal((await elsewhere.http.delete(`/api/platform/auth/sessions/${here.id}`)).status, 204);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('New password').fill('what was written stays 1');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByText('Your session has ended').waitFor();
    const opening = visitor.context.waitForEvent('page');
    await page.getByRole('button', { name: 'Another way, in a new tab' }).click();
    const tab = await opening;
    await tab.getByLabel('E-mail address or user name').fill(person.email);
    await tab.locator('input[type=password]').fill(person.password);
    await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('New password').inputValue(), 'what was written stays 1');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.getByText('The password is changed').waitFor();
  });

  it('gives its data, and is erased once the address is written, in all tabs', async () => {
    const person = await register(app);
    const page = await comeIn(person, { language: 'zh' });
    visitor.expectProblem(/401/);
    await visitor.open('/settings/profile');
    await visitor.assertAccessible();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: '下载我的数据' }).click();
    const held = JSON.parse(await readFile(await (await downloading).path(), 'utf8'));
    assert.ok(JSON.stringify(held).includes(person.email));
    const other = await visitor.context.newPage();
    await other.goto('/settings/profile');
    await other.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('button', { name: '删除我的账号' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(person.email);
    await page.getByRole('dialog').getByRole('button', { name: '删除我的账号' }).click();
    await page.waitForURL('**/sign-in');
    await other.waitForURL('**/sign-in');
    assert.equal((await person.http.get('/api/platform/me')).status, 401);
  });
});
