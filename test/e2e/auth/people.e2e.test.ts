/** Administrators and their people: found, suspended with a way back, looked at as they see it, given a key; the audit log. */
import assert from 'node:assert/strict';
import { ADMIN, addMember, confirmAddress, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('people of a tenant', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let member: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages();
    owner = await register(app, 'olivia');
    await confirmAddress(app, owner);
    member = await addMember(app, owner, 'member');
    await addMember(app, owner, 'member');
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('are suspended together, and let in again by undoing it', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/people?role=member');
    await page.getByRole('grid', { name: 'People' }).getByText(member.email).first().waitFor();
    await visitor.assertAccessible();
    await page.getByRole('checkbox', { name: 'Select all loaded rows' }).check();
    await page.getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('2 done, 0 failed').waitFor();
    await page.getByText('Suspended').nth(1).waitFor();
    assert.equal((await owner.http.get(`/api/platform/auth/users/${member.id}`)).body.status, 'suspended');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('grid').getByText('Active').nth(1).waitFor();
    assert.equal((await owner.http.get(`/api/platform/auth/users/${member.id}`)).body.status, 'active');
  });

  it('are found in the palette, and looked at as they see it', async () => {
    visitor = await visit(app, { scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/profile');
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search pages, records and actions').fill(member.email);
    await page.getByRole('option', { name: member.email }).first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: member.email, level: 1 }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('tab', { name: 'As this person sees it' }).click();
    const menu = page.getByRole('region', { name: 'In their menu' });
    await menu.getByText('API keys').waitFor();
    assert.equal(await menu.getByText('Audit log').count(), 0);
    await page.getByRole('searchbox', { name: 'Search calls' }).fill('audit');
    await page.getByRole('checkbox', { name: 'Only what is allowed' }).uncheck();
    await page.getByRole('button', { name: /^auth/ }).click();
    await page.getByText('This needs the role owner or admin').first().waitFor();
    await visitor.assertAccessible();
  });

  it('get another role, unless somebody else has changed them meanwhile', async () => {
    visitor = await visit(app, { width: 'phone' });
    visitor.expectProblem(/412/);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/settings/people/${member.id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await owner.http.patch(`/api/platform/auth/users/${member.id}`, { full_name: 'Mona' });
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Moana');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Someone else changed this in the meantime').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Moana', level: 1 }).waitFor();
  });

  it('get a key that acts as them, with rights that both have', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/settings/people/${member.id}?tab=keys`);
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('scanner');
    await page.getByRole('checkbox', { name: /account:read/ }).check();
    assert.equal(await page.getByRole('checkbox', { name: /settings:manage/ }).count(), 0);
    await page.getByRole('button', { name: 'Create key' }).click();
    const secret = await page.getByLabel('Your new API key').inputValue();
    assert.equal((await app.http.apiKey(secret).get('/api/platform/me')).body.user.id, member.id);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('grid', { name: 'API keys' }).getByText('scanner').waitFor();
  });

  it('are signed out where they are signed in', async () => {
    const theirs = await visit(app);
    await theirs.signIn(member.email, member.password);
    theirs.expectProblem(/401/);
    await theirs.open('/settings/profile');
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/settings/people/${member.id}`);
    await page.getByRole('tab', { name: 'Where they are signed in' }).click();
    await page.getByRole('grid', { name: 'Where they are signed in' }).getByText('Password').first().waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('Signed in nowhere').waitFor();
    await theirs.page.getByRole('link', { name: 'API keys' }).click();
    await theirs.page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await theirs.leave();
  });

  it('have a settings page for the organisation, where a switch can be undone', async () => {
    visitor = await visit(app, { language: 'zh', width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/organisation');
    await page.getByRole('switch', { name: '允许 AI 处理我们的数据' }).click();
    await page.getByRole('button', { name: '撤销' }).waitFor();
    await visitor.assertAccessible();
    assert.equal((await owner.http.get('/api/platform/auth/settings')).body.settings.ai_consent_enabled, true);
    await page.getByRole('button', { name: '撤销' }).click();
    await page.getByText('已保存').first().waitFor();
    await page.getByRole('switch', { name: '允许 AI 处理我们的数据', checked: false }).waitFor({ state: 'attached' });
  });

  it('see nothing of it when they are members', async () => {
    visitor = await visit(app);
    await visitor.signIn(member.email, member.password);
    await visitor.open('/settings/profile');
    const menu = visitor.page.getByRole('navigation', { name: 'Settings' });
    await menu.getByText('API keys').waitFor();
    for (const name of ['People', 'Invitations', 'Audit log', 'All organisations'])
      assert.equal(await menu.getByText(name, { exact: true }).count(), 0, name);
    await visitor.page.keyboard.press('Control+k');
    await visitor.page.getByPlaceholder('Search pages, records and actions').fill(owner.email);
    await visitor.page.getByText('No results').waitFor();
  });

  it('stand in a log whose chain the operator checks, and in organisations that they suspend', async () => {
    await signInAdmin(app);
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/audit');
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText('The log is whole').waitFor();
    const log = page.getByRole('grid', { name: 'Audit log' });
    await log.getByText(owner.email).first().waitFor();
    await visitor.assertAccessible();
    const times = log.getByRole('gridcell').filter({ has: page.locator('time') });
    assert.ok(await times.first().evaluate((cell) => cell.scrollWidth <= cell.clientWidth), 'the time of day is read');
    await log.getByRole('button', { name: 'Signed in' }).first().click();
    const entry = page.getByRole('dialog', { name: 'Signed in' });
    await entry.getByText('Password', { exact: true }).waitFor();
    await visitor.assertAccessible();
    await page.keyboard.press('Escape');
    await entry.waitFor({ state: 'hidden' });
    await visitor.open(`/organisations/${owner.tenantId}`);
    await page.getByRole('button', { name: 'Suspend', exact: true }).click();
    await page.getByRole('button', { name: 'Let in again', exact: true }).waitFor();
    assert.equal((await owner.http.get('/api/platform/me')).status, 401);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Suspend', exact: true }).waitFor();
    await visitor.assertAccessible();
  });
});
