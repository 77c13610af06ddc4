/** Who runs the server sees why a certificate does not come, and asks for another one; and where there are none, what to write. */
import assert from 'node:assert/strict';
import { takeWarnings } from '#core/testing/warnings.ts';
import { ADMIN } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { type Authority, startAuthority } from '#test/support/pebble.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('certificates', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let visitor: Visitor;
  let authority: Authority | undefined;
  afterEach(async () => {
    await visitor.leave();
    await app.stop();
    await authority?.stop();
    authority = undefined;
  });

  it('say why they do not come, and are got once that is mended', async () => {
    authority = await startAuthority();
    await authority.leads('lost.example.com', '127.0.0.2');
    const port = await freePort();
    const { directory, caFile, httpPort } = authority;
    const acme = { domains: ['lost.example.com'], agree: true, directory, caFile };
    const http = { port, publicUrl: `https://127.0.0.1:${port}`, tls: { acme, plainPort: httpPort } };
    app = await startPages({}, { config: { http: { ...http, rateLimit: { enabled: false } } } });
    visitor = await visit(app, { isAltered: true });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/certificates');
    await page.getByText('Pending').waitFor();
    await page.getByText(/lost\.example\.com.*connection refused/i).waitFor();
    await visitor.assertAccessible();

    await authority.leads('lost.example.com', '127.0.0.1');
    await app.clock.advance(61_000);
    await page.getByRole('button', { name: 'Renew now: lost.example.com' }).click();
    await page.getByText('Valid', { exact: true }).waitFor();
    await page
      .getByText(/Pebble/)
      .first()
      .waitFor();
    assert.equal(await page.getByText(/connection refused/i).count(), 0);
    await page.getByRole('button', { name: 'Renew now: lost.example.com' }).click();
    await page.getByText('Renew a certificate that is still valid?').waitFor();
    takeWarnings();
  });

  it('are asked for by a name, which is checked before it is used', async () => {
    app = await startPages({ mail: { smtp: { port: 0 } } });
    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/certificates');
    await page.getByLabel('服务器名称').fill('desk.acme.test');
    await page.getByLabel('您的邮箱地址').fill('ada@acme.test');
    const check = page.getByRole('button', { name: '检查' });
    assert.equal(await check.isDisabled(), true);
    await page.getByLabel('我同意 Let’s Encrypt 的条款').check();
    await visitor.assertAccessible();
    await check.click();
    await page.getByText(/desk\.acme\.test has no address/).waitFor();
    visitor.expectProblem(/status of 409/);
    await page.getByRole('button', { name: '使用此名称' }).click();
    await page
      .getByRole('alert')
      .getByText(/desk\.acme\.test has no address/)
      .last()
      .waitFor();
    await page.getByLabel('服务器名称').fill('a: b');
    await page.getByText('请填写类似 patchbay.your-company.com 的名称').waitFor();
    assert.equal(await check.isDisabled(), true);
  });
});
