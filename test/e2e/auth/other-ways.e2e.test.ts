/** Signing in without a password alone: a code of the second factor, a link by mail, a passkey, a provider. */
import assert from 'node:assert/strict';
import { TOTP } from 'otpauth';
import { ADMIN, afterUnfelt, catchMails, type Person, signInAdmin } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { CAN_SEND, startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('other ways of signing in', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let home: string;
  let visitor: Visitor;
  before(async () => {
    const port = await freePort();
    // Passkeys belong to a name: there are none for an IP address.
    home = `http://localhost:${port}`;
    const oidc = { work: { issuer: 'https://id.example.com', clientId: 'patchbay', label: 'Work account' } };
    app = await startPages(
      { auth: { admin: ADMIN, oidc } },
      { config: { ...CAN_SEND, http: { port, publicUrl: home } } },
    );
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  const fillPassword = async () => {
    await visitor.page.getByLabel('E-mail address or user name').fill(ADMIN.username);
    await visitor.page.locator('input[type=password]').fill(ADMIN.password);
    await visitor.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  it('by a link that comes by mail, which a button uses and not the opening', async () => {
    const mails = catchMails(app);
    visitor = await visit(app, { width: 'phone' });
    const { page } = visitor;
    await visitor.open(`${home}/profile`);
    await page.getByRole('link', { name: 'Email me a sign-in link' }).click();
    await page.getByRole('heading', { name: 'Sign in by mail' }).waitFor();
    await page.getByLabel('E-mail address').fill(ADMIN.email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('a mail is on its way').waitFor();
    await visitor.assertAccessible();
    await afterUnfelt(app);
    const [link = ''] = /http\S+/.exec(mails.at(-1)?.text ?? '') ?? [];
    assert.equal(new URL(link).pathname, '/auth/magic-link');
    await visitor.open(link);
    await visitor.open(link);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
  });

  it('says what to do about a link that was used before', async () => {
    visitor = await visit(app, { language: 'zh' });
    visitor.expectProblem(/400/);
    await visitor.open(`${home}/auth/magic-link?token=used-before`);
    await visitor.page.getByRole('button', { name: '登录' }).click();
    await visitor.page.getByText('此链接已使用或已过期，请重新获取').waitFor();
    await visitor.open(`${home}/auth/magic-link`);
    await visitor.page.getByText('链接不完整').waitFor();
  });

  it('by a passkey that was added under security', async () => {
    visitor = await visit(app, { isAltered: true });
    const { page, context } = visitor;
    const devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await visitor.open(`${home}/security`);
    await fillPassword();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Name').fill('Laptop');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Remove the passkey Laptop' }).waitFor();
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByRole('button', { name: 'With a passkey' }).click();
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
  });

  it('shows providers, and what came of one', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.open(`${home}/sign-in?to=%2Fusers%3Fstatus%3Dactive#error=email_not_verified`);
    await page.getByText('The provider has not verified your address').waitFor();
    const address = await page.getByRole('link', { name: 'With Work account' }).getAttribute('href');
    const { searchParams, pathname } = new URL(address ?? '', home);
    assert.equal(pathname, '/api/platform/auth/oidc/work/start');
    assert.equal(searchParams.get('page'), '/sign-in?to=%2Fusers%3Fstatus%3Dactive');
    await visitor.assertAccessible();
  });

  it('leads nobody to another server', async () => {
    visitor = await visit(app);
    visitor.expectProblem(/401/);
    const { page, context } = visitor;
    for (const to of [
      '//evil.example/',
      '/\\evil.example',
      'https://evil.example',
      '/.//evil.example',
      'javascript:0',
    ]) {
      await context.clearCookies();
      await visitor.open(`${home}/sign-in?to=${encodeURIComponent(to)}`);
      await fillPassword();
      await page.waitForURL(({ pathname }) => pathname !== '/sign-in');
      assert.equal(new URL(page.url()).origin, home, to);
    }
  });

  it('with a second factor: the code is asked for after the password', async () => {
    const admin: Person = await signInAdmin(app);
    const { otpauth_url } = (await admin.http.post('/api/platform/auth/totp')).body;
    const totp = new TOTP({ secret: /secret=([A-Z2-7]+)/.exec(otpauth_url)?.[1] ?? '' });
    const code = () => totp.generate({ timestamp: app.clock.now() });
    await admin.http.post('/api/platform/auth/totp/confirm', { code: code() });
    await app.clock.advance(60_000);
    visitor = await visit(app, { scheme: 'dark' });
    visitor.expectProblem(/401/);
    await visitor.open(`${home}/sign-in`);
    await fillPassword();
    await visitor.page.getByLabel('Two-factor code').fill(code());
    await visitor.assertAccessible();
    await visitor.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await visitor.page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
  });
});
