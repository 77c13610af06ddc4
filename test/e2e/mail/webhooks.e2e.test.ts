/** A webhook that did not answer: what was sent to it, sending it again, and a test that moves by itself. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { MAILBOX, mailOf, plainMail } from '#test/support/mail.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('webhooks of mail', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let outside: Server;
  let answer = 500;
  let visitor: Visitor;
  before(async () => {
    outside = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(answer).end());
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const config = { http: { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } } };
    app = await startPages({ mail: { smtp: { port: 0 } } }, { config });
    const { http } = mailOf(app);
    await http.post('/api/create', { local: 'ada' });
    const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/hook`;
    await http.post('/api/platform/mail/webhooks', { mailbox: MAILBOX, url });
    await mailOf(app).deliver(plainMail('Tell them'));
    await app.services.mailParseLoop.idle();
    await app.services.jobs.idle();
  });
  after(async () => {
    await app.stop();
    outside.close();
  });
  afterEach(() => visitor.leave());

  it('show what was answered, and are sent again and tried out', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail/webhooks');
    await page.getByRole('link', { name: /hook$/ }).click();
    const refused = page.getByRole('row', { name: /A new mail.*Being tried.*500/ });
    await refused.waitFor();
    await visitor.assertAccessible();
    await refused.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('dialog').getByText('Tell them').waitFor();
    await page.keyboard.press('Escape');
    answer = 204;
    await refused.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('row', { name: /A new mail.*Taken.*204/ }).waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByRole('row', { name: /A test.*Taken.*204/ }).waitFor();
  });

  it('are on a telephone, in Chinese and in the dark', async () => {
    visitor = await visit(app, { language: 'zh', scheme: 'dark', width: 'phone' });
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail/webhooks/1');
    await visitor.page.getByText('已接收').first().waitFor();
    await visitor.assertAccessible();
  });
});
