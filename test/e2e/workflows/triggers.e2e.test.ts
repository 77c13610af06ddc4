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
    await visitor.open('/automations/workflows/new');
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
    await box().getByText('Started by hand').waitFor();
    // A new workflow asks at once, before its steps.
    await page.getByRole('button', { name: 'A mail arrives' }).click();
    // What was chosen is not asked again.
    await dialog().getByRole('heading', { name: 'A mail arrives' }).waitFor();
    assert.equal(await dialog().getByRole('button', { name: 'A call from outside' }).count(), 0);
    await dialog().getByRole('combobox', { name: 'Subject contains' }).fill('Invoice');
    await dialog().getByRole('checkbox', { name: 'It has an attachment' }).check();
    await dialog().getByRole('button', { name: 'Add a condition' }).click();
    await choose('Field', 'Number of attachments');
    await choose('Compared', 'is less than');
    await dialog().getByRole('textbox', { name: 'Value' }).fill('3');
    await visitor.assertAccessible();
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await box()
      .getByText(
        'A mail arrives, and subject contains “invoice”, and it has an attachment, and number of attachments is less than 3',
      )
      .waitFor();
    await page
      .getByRole('group', { name: 'Graph of the steps' })
      .getByText(/^A mail arrives, and/)
      .waitFor();
    await editor.until((text) => text.includes('contains("invoice")') && /input:\s+from: \S*\.\[0\]\.data/.test(text));
    // No such mail has come yet: what somebody writes in place of one that is made up stays, whatever else they change.
    await page.getByText('Made up: nothing of this kind has happened yet.').waitFor();
    const data = page.getByRole('textbox', { name: 'Data that the workflow gets' });
    await data.fill('[{"data": "half wri');
    await named('invoices-of-shops');
    assert.equal(await data.inputValue(), '[{"data": "half wri');
    await editor.insert('Insert a step at the beginning', 'Set data');
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
    const attachments = [{ filename: 'invoice.txt', content: '17 euro' }];
    for (const mail of [
      { subject: 'Your INVOICE 17', attachments },
      { subject: 'Your invoice 18' },
      { subject: 'Hello' },
    ])
      await transport.sendMail({ from: 'shop@sender.example', to: mailbox, text: 'See attached.', ...mail });
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
    // The run says which mail it was, and leads to it.
    await visitor.open(`/automations/runs/${all[0].id}`);
    await page.getByText('an event, “A mail arrives”').first().waitFor();
    await page.getByRole('link', { name: 'Your INVOICE 17' }).click();
    await page.waitForURL((url) => url.pathname === '/mail' && url.searchParams.get('message') !== null);
    await page.getByText('See attached.').first().waitFor();
  });

  it('is a mail to a mailbox: what is made up of one that has had none says so, and is of that mailbox', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: 'A mail arrives' }).click();
    await dialog().getByRole('combobox', { name: 'Mailbox' }).fill('quiet@example.com');
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await page.getByText('Made up: no such mail has come to quiet@example.com yet.').waitFor();
    const data = page.getByRole('textbox', { name: 'Data that the workflow gets' });
    await data.and(page.locator(':text("\\"mailbox\\": \\"quiet@example.com\\"")')).waitFor();
  });

  it('is a time of the reader’s own zone, and changes back to a call', async () => {
    await named('report');
    await visitor.page.getByRole('button', { name: 'At a time of the day' }).click();
    await dialog().getByRole('checkbox', { name: 'Monday' }).check();
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await box().getByText('Monday at 08:00 (Europe/Berlin)').waitFor();
    await editor.until((text) => /cron: ['"]?0 8 \* \* 1['"]?/.test(text) && text.includes('timezone: Europe/Berlin'));
    await box().getByRole('button', { name: 'Change' }).click();
    await dialog().getByRole('button', { name: 'By hand' }).click();
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await box().getByText('Started by hand').waitFor();
    // Its address means nothing before it is published.
    assert.equal(await box().getByText('/hooks/').count(), 0);
    await editor.until((text) => !text.includes('cron'));
  });

  it('is a call from outside, with its address, for everybody or for who signs', async () => {
    const { page } = visitor;
    await named('calls');
    await page.getByRole('button', { name: 'A call from outside' }).click();
    await dialog().getByText('/hooks/default/calls').waitFor();
    await dialog().getByRole('button', { name: 'Copy the address of the hook' }).waitFor();
    await visitor.assertAccessible();
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await box().getByText('A call comes from outside', { exact: true }).waitFor();
    await editor.until((text) => text.includes('hook: true'));
    await editor.insert('Insert a step at the beginning', 'Set data');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page
      .getByText(/is published/)
      .first()
      .waitFor();
    const called = await app.http.post('/hooks/default/calls?wait=10', { hello: 1 });
    assert.equal(called.body.status, 'completed', called.text);
    await page.getByRole('button', { name: /^When …/ }).click();
    await box().getByRole('button', { name: 'Change' }).click();
    await dialog().getByRole('radio', { name: 'Only callers that sign with a secret' }).check();
    await dialog().getByRole('combobox', { name: 'Name of the secret' }).fill('shop');
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await box().getByText('A signed call comes from outside').waitFor();
    await editor.until((text) => /hook:\s+secret: shop/.test(text));
  });

  it('is a template’s own, taken with one click and given back with one', async () => {
    const { page } = visitor;
    await page.getByRole('region', { name: 'Or begin with a template' }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: /^Web form to mail/ }).click();
    await box().getByText('A call comes from outside', { exact: true }).waitFor();
    await editor.until((text) => text.includes('name: web-form-to-mail') && text.includes('namespace: default'));
    await editor.task('send').waitFor();
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await box().getByText('Started by hand').waitFor();
    await page.getByRole('region', { name: 'Or begin with a template' }).waitFor();
  });
});
