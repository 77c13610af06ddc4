/** The first administrator by the printed link, and what mails lead to: an invitation, another password, a confirmed address. */
import assert from 'node:assert/strict';
import { afterUnfelt, catchMails } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { CAN_SEND, startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const PASSWORD = 'a good long password 1';

describe('links that are printed or mailed', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ auth: { admin: null, registration: 'invite' } }, { config: CAN_SEND });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  /** The path of the link in the last mail to this address. */
  const linkIn = async (mails: { to: string; text: string }[], to: string) => {
    await afterUnfelt(app);
    const text = mails.findLast((mail) => mail.to === to)?.text ?? '';
    const { pathname, search } = new URL(/http\S+/.exec(text)?.[0] ?? '');
    return pathname + search;
  };

  it('make the first administrator, who is in at once', async () => {
    const token = await app.services.registration.setupLink();
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.open(`/setup?token=${token}`);
    await visitor.sees('Welcome to Patchbay');
    await visitor.assertAccessible();
    await page.getByLabel('E-mail address').fill('root@example.com');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.waitForURL('**/first-steps');
    await visitor.open('/settings/people');
    await page.getByRole('grid', { name: 'People' }).getByText('root@example.com').first().waitFor();
  });

  it('invite somebody, who makes an account on a telephone', async () => {
    const mails = catchMails(app);
    visitor = await visit(app);
    await visitor.signIn('root@example.com', PASSWORD);
    const { page } = visitor;
    await visitor.open('/settings/people');
    await page.getByRole('link', { name: 'Invite someone' }).click();
    await page.getByLabel('E-mail address').fill('ada@example.org');
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByRole('dialog').getByText('ada@example.org gets a mail with their own link').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('dialog').getByText('Done', { exact: true }).click();
    await page.getByRole('grid', { name: 'Invitations' }).getByText('ada@example.org').waitFor();
    const link = await linkIn(mails, 'ada@example.org');
    await visitor.leave();

    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    await visitor.open(link);
    await visitor.sees('您的邀请');
    await visitor.assertAccessible();
    await visitor.page.getByLabel('您的姓名').fill('Ada');
    await visitor.page.locator('input[type=password]').fill(PASSWORD);
    await visitor.page.getByRole('button', { name: '创建账号' }).click();
    await visitor.page.waitForURL((url) => url.pathname === '/');
    await visitor.open('/settings/profile');
    await visitor.page.getByText('ada@example.org').first().waitFor();
  });

  it('withdraw an invitation, unless it is undone', async () => {
    const mails = catchMails(app);
    visitor = await visit(app);
    await visitor.signIn('root@example.com', PASSWORD);
    const { page } = visitor;
    await visitor.open('/settings/people/invitations?new=1');
    await page.getByLabel('E-mail address').fill('eve@example.org');
    await page.getByRole('button', { name: 'Send the invitation' }).click();
    await page.getByRole('dialog').getByText('Done', { exact: true }).click();
    await page.getByRole('button', { name: 'Send again to eve@example.org' }).click();
    await page.getByText('eve@example.org gets a new mail').waitFor();
    const withdraw = page.getByRole('button', { name: 'Withdraw the invitation of eve@example.org' });
    await withdraw.click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await withdraw.waitFor();
    assert.match(await linkIn(mails, 'eve@example.org'), /^\/auth\/invitation\?token=/);
  });

  it('set another password after one was forgotten', async () => {
    const mails = catchMails(app);
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.open('/sign-in');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByRole('heading', { name: 'Forgotten password' }).waitFor();
    await page.getByLabel('E-mail address').fill('ada@example.org');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('a mail is on its way').waitFor();
    await visitor.open(await linkIn(mails, 'ada@example.org'));
    await visitor.sees('A new password');
    await page.getByLabel('New password').fill('another good password 2');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('Sign in with it now').waitFor();
    await visitor.signIn('ada@example.org', 'another good password 2');
  });

  it('confirm a new address of oneself', async () => {
    const mails = catchMails(app);
    visitor = await visit(app);
    await visitor.signIn('ada@example.org', 'another good password 2');
    const { page } = visitor;
    await visitor.open('/settings/profile');
    await page.getByRole('button', { name: 'Edit profile' }).click();
    await page.getByRole('dialog').getByLabel('E-mail address').fill('lovelace@example.org');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('lovelace@example.org is not confirmed yet').waitFor();
    await visitor.open(await linkIn(mails, 'lovelace@example.org'));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('The address is confirmed').waitFor();
    await page.getByRole('link', { name: 'Go home' }).click();
    await visitor.open('/settings/profile');
    await page.getByText('lovelace@example.org').first().waitFor();
    assert.equal(await page.getByText('is not confirmed yet').count(), 0);
  });

  it('are not offered where nobody may register', async () => {
    visitor = await visit(app);
    await visitor.open('/sign-in');
    assert.equal(await visitor.page.getByRole('link', { name: 'Create an account' }).count(), 0);
    await visitor.open('/register');
    await visitor.page.getByText('Nobody can register here').waitFor();
  });
});
