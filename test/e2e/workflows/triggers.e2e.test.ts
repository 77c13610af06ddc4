/** "When …": what starts a workflow is chosen by mouse, and starts it. */
import assert from 'node:assert/strict';
import { createTransport } from 'nodemailer';
import { ADMIN, type Person, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';
import { type EditorPage, editorPage } from './editor-page.ts';

describe('what starts a workflow', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  let editor: EditorPage;
  before(async () => {
    app = await startPages({ workflows: {}, mail: { domains: ['example.com'], smtp: { port: 0 } } });
    owner = await signInAdmin(app);
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/workflows/new');
    editor = editorPage(visitor.page);
    await editor.ready();
  });
  afterEach(() => visitor.leave());

  const box = () => visitor.page.getByRole('region', { name: 'When …' });
  const dialog = () => visitor.page.getByRole('dialog');
  async function choose(label: string, option: string): Promise<void> {
    await dialog().getByRole('combobox', { name: label, exact: true }).last().click();
    await visitor.page.getByRole('option', { name: option, exact: true }).click();
  }
  async function named(name: string): Promise<void> {
    await visitor.page.getByRole('textbox', { name: 'Name of the workflow' }).fill(name);
    await editor.until((text) => text.includes(name));
  }

  it('is a mail with a word in its subject', async () => {
    const { page } = visitor;
    await named('invoices');
    await box().getByText('By hand, or by a call from outside').waitFor();
    await box().getByRole('button', { name: 'Change' }).click();
    await choose('It begins', 'When something happens');
    await choose('What happens', 'A mail arrives');
    await dialog().getByRole('button', { name: 'Add a condition' }).click();
    await choose('Field', 'Subject');
    await dialog().getByRole('combobox', { name: 'Value' }).fill('Invoice');
    await visitor.assertAccessible();
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await box().getByText('A mail arrives, and Subject contains “invoice”').waitFor();
    await editor.until((text) => text.includes('contains("invoice")'));
    await page.getByRole('button', { name: 'Publish' }).click();
    await page
      .getByText(/is published/)
      .first()
      .waitFor();

    const made = await owner.http.post('/api/platform/functions/mail.createMailbox', { input: { local: 'bills' } });
    assert.equal(made.status, 200, made.text);
    const mailbox = made.body.output.address;
    const transport = createTransport({
      host: '127.0.0.1',
      port: app.services.smtpReceiver.port()!,
      secure: false,
      tls: { rejectUnauthorized: false },
    });
    for (const subject of ['Your INVOICE 17', 'Hello'])
      await transport.sendMail({ from: 'shop@sender.example', to: mailbox, subject, text: 'See attached.' });
    await app.services.mailParseLoop.idle();
    const started = async () => (await owner.http.get('/api/platform/executions')).body.items;
    for (let tries = 0; tries < 100 && (await started()).length === 0; tries++) {
      await app.services.jobs.idle();
      await page.waitForTimeout(50);
    }
    const all = await started();
    assert.equal(all.length, 1);
    const { input } = (await owner.http.get(`/api/platform/executions/${all[0].id}`)).body;
    assert.equal(input[0].data.subject, 'Your INVOICE 17');
  });

  it('is a time of the reader’s own zone, and changes back to a call', async () => {
    await named('report');
    await box().getByRole('button', { name: 'Change' }).click();
    await choose('It begins', 'At a time of the day');
    await dialog().getByRole('checkbox', { name: 'Monday' }).check();
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await box().getByText('Monday at 08:00 (Europe/Berlin)').waitFor();
    await editor.until((text) => /cron: ['"]?0 8 \* \* 1['"]?/.test(text) && text.includes('timezone: Europe/Berlin'));
    await box().getByRole('button', { name: 'Change' }).click();
    await choose('It begins', 'By hand, or by a call from outside');
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await box().getByText('/hooks/').waitFor();
    await editor.until((text) => !text.includes('cron'));
  });
});
