/** A server that cannot send mail: its pages say so, and whoever invites somebody gets the link to give by hand. */
import assert from 'node:assert/strict';
import { ADMIN, addMember, afterUnfelt, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const CANNOT = 'This server cannot send mail yet';

describe('pages of a server that cannot send mail', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages();
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('give who invites the link, which makes the account', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/people/invitations');
    await page.getByText(CANNOT).waitFor();
    await page.getByRole('button', { name: 'Invite someone' }).first().click();
    await page.getByLabel('E-mail address').fill('bob@acme.test');
    await page.getByRole('button', { name: 'Create invitation' }).click();
    const dialog = page.getByRole('dialog', { name: 'Link for bob@acme.test' });
    await dialog.getByText('Give them this link yourself.').waitFor();
    const first = await dialog.getByLabel('Link of the invitation').inputValue();
    await visitor.assertAccessible();
    await dialog.getByText('Done', { exact: true }).click();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'New link for bob@acme.test' }).click();
    const link = await dialog.getByLabel('Link of the invitation').inputValue();
    assert.notEqual(link, first);
    await visitor.open('/');
    await page.getByText('People waiting for mail that this server cannot send').click();
    await visitor.sees('Sending mail');
    await page.getByRole('combobox', { name: 'How mail is sent' }).waitFor();
    await visitor.assertAccessible();
    await visitor.leave();

    visitor = await visit(app, { width: 'phone' });
    await visitor.open(new URL(link).pathname + new URL(link).search);
    await visitor.page.locator('input[type=password]').fill('a good long password 1');
    await visitor.page.getByRole('button', { name: 'Create account' }).click();
    await visitor.page.waitForURL((url) => url.pathname === '/');
    await visitor.open('/settings/profile');
    await visitor.page.getByText('bob@acme.test is not confirmed yet').waitFor();
    await visitor.page.getByText('the confirmation link is written to its log').waitFor();
  });

  it('offer no link by mail, and say whom to ask about a forgotten password', async () => {
    await addMember(app, await signInAdmin(app), 'member');
    visitor = await visit(app, { width: 'phone' });
    const { page } = visitor;
    await visitor.open('/sign-in');
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    assert.equal(await page.getByText('Email me a sign-in link').count(), 0);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByText(CANNOT).waitFor();
    await visitor.assertAccessible();
    await page.getByLabel('E-mail address').fill(ADMIN.email);
    await page.getByRole('button', { name: 'Create link' }).click();
    await page.getByText('its link is in the server log').waitFor();
    await afterUnfelt(app);
  });

  it('give the operator a link to a new password, for somebody who has forgotten theirs', async () => {
    const member = await addMember(app, await signInAdmin(app), 'member');
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open(`/settings/people/${member.id}`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Create a password reset link' }).click();
    const link = await page.getByLabel('Link to a new password').inputValue();
    await visitor.assertAccessible();
    await visitor.leave();

    visitor = await visit(app, { width: 'phone' });
    await visitor.open(new URL(link).pathname + new URL(link).search);
    await visitor.page.locator('input[type=password]').fill('a good long password 2');
    await visitor.page.getByRole('button', { name: 'Set the password' }).click();
    await visitor.page.getByRole('link', { name: 'Sign in' }).or(visitor.page.getByRole('status')).first().waitFor();
    await visitor.signIn(member.email, 'a good long password 2');
  });
});
