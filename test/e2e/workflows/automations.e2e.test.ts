/** Three automations as people make them: by mouse and by filling in fields, without a line of text, until they have run. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LLMock } from '@copilotkit/aimock';
import { allowSending, type Person, register, signIn } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';
import { fakeModels } from '../../plugins/ai-replies/support.ts';
import { robotOf, upload } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';
import { type ByMouse, byMouse } from './by-mouse.ts';

const HOUR = 3_600_000;

describe('automations made by mouse', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let mock: LLMock;
  let books: Server;
  let owner: Person;
  let visitor: Visitor;
  let mouse: ByMouse;
  const asked: string[] = [];
  before(async () => {
    books = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      asked.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"accepted":true}');
    });
    await new Promise<void>((resolve) => books.listen(0, '127.0.0.1', resolve));
    mock = await fakeModels();
    mock.onMessage(/money/, { content: '{"label":"complaint","confidence":0.9}' });
    const house = { kind: 'openai-compatible', baseUrl: `${mock.url}/v1`, model: 'gpt-4o', shared: true };
    app = await startPages(
      {
        billing: {},
        mail: { publicDomains: ['example.com'], smtp: { port: 0 } },
        robots: { requestsPerMinute: 0 },
        'ai-replies': { providers: { house }, retries: 0 },
        workflows: {},
      },
      { config: { http: { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } } } },
    );
    owner = await register(app);
    await allowSending(app, owner);
    await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    const made = await owner.http.post('/api/platform/functions/mail.createMailbox', { input: { local: 'incoming' } });
    assert.equal(made.status, 200, made.text);
    await owner.http.post('/api/mailboxes/pin?address=incoming@example.com');
  });
  after(async () => {
    await app.stop();
    await mock.stop();
    books.close();
  });
  beforeEach(async () => {
    visitor = await visit(app);
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/automations/workflows/new');
    mouse = byMouse(visitor.page);
  });
  afterEach(() => visitor.leave());

  async function ended(name: string): Promise<any> {
    for (let tries = 0; tries < 400; tries++) {
      await app.services.jobs.idle();
      const [first] = (await owner.http.get(`/api/platform/executions?name=${name}`)).body.items;
      const run = first && (await owner.http.get(`/api/platform/executions/${first.id}`)).body;
      if (run?.ended_at) return run;
      await visitor.page.waitForTimeout(25);
    }
    throw new Error(`${name} did not end`);
  }
  async function receive(subject: string): Promise<void> {
    const attachments = [{ filename: 'invoice.pdf', content: 'PDF' }];
    const mail = {
      from: 'ada@sender.example',
      to: 'incoming@example.com',
      subject,
      text: 'See attached.',
      attachments,
    };
    await sendMail(app.services.smtpReceiver.port()!, mail);
    await app.services.mailParseLoop.idle();
  }

  it('a mail with an attachment → an HTTP call → a branch → a mail', async () => {
    const { page } = visitor;
    const { named, step, insert, when, fill, tryAndPin, publish, dialog, button } = mouse;
    await receive('Invoice 16');
    await named('incoming');
    await button('A mail arrives').click();
    await dialog().getByRole('combobox', { name: 'Mailbox' }).click();
    await page.getByRole('option', { name: 'incoming@example.com' }).click();
    await button('Add a condition').click();
    await dialog().getByRole('combobox', { name: 'Field' }).click();
    await page.getByRole('option', { name: 'Number of attachments' }).click();
    await dialog().getByRole('combobox', { name: 'Compared' }).click();
    await page.getByRole('option', { name: 'is more than' }).click();
    await button('Use it').click();
    // The data of the mail that came before there was a workflow.
    await page.getByText('From the last real event,').first().waitFor();
    await page
      .getByRole('textbox', { name: 'Data that the workflow gets' })
      .and(page.locator(':text("Invoice 16")'))
      .waitFor();
    await visitor.assertAccessible();

    await step('Insert a step at the beginning', 'HTTP request');
    // From the top on, so that there is room for what follows.
    const [around, first] = await Promise.all([
      mouse.graph().boundingBox(),
      mouse
        .graph()
        .getByRole('button', { name: /A mail arrives/ })
        .boundingBox(),
    ]);
    assert.ok(around && first && first.y - around.y < 40, `${first?.y} in ${around?.y}`);
    await page.getByRole('combobox', { name: 'Method' }).click();
    await page.getByRole('option', { name: 'POST' }).click();
    await fill('Address', `http://127.0.0.1:${(books.address() as AddressInfo).port}/incoming`);
    const headers = page.getByRole('group', { name: 'Headers', exact: true });
    await headers.getByRole('textbox', { name: 'Name' }).fill('x-from');
    await headers.getByRole('textbox', { name: 'Value' }).fill('mail');
    await insert('Body', 'This step gets', '.subject');
    await headers.getByRole('button', { name: 'Add to Headers' }).click();
    await headers.getByRole('textbox', { name: 'x-from' }).waitFor();
    // Another one counts before it is added as well.
    await headers.getByRole('textbox', { name: 'Name' }).fill('x-other');
    await page.getByText('"Invoice 16"', { exact: true }).waitFor();
    await tryAndPin();

    await step('Insert a step after “HTTP request”', 'Decide');
    // What is written by hand is taken by Tab and by Enter, as by a click on it.
    const field = page
      .getByRole('group', { name: 'When' })
      .first()
      .getByRole('combobox', { name: 'Field', exact: true });
    const takes = (path: string) => page.getByRole('group', { name: path, exact: true }).waitFor();
    for (const [key, path] of [
      ['Tab', '.priority'],
      ['Enter', '.urgency'],
    ] as const) {
      await field.fill(path);
      await field.press(key);
      await takes(path);
    }
    // A field of the answer, which is yes or no.
    await when(/^accepted/);
    await step('Insert a step after “Decide” (Case 1)', 'Send a mail');
    // One's mailboxes are offered.
    await page.getByRole('combobox', { name: 'From' }).click();
    await page.getByRole('option', { name: 'incoming@example.com' }).click();
    await insert('To', 'The workflow began with', '.from');
    await fill('Subject', 'Received');
    await fill('Text', 'Thank you.');
    await step('Insert a step after “Send a mail”', 'Answer a mail');
    // The mail that arrived, from wherever the step stands.
    await page
      .getByRole('textbox', { name: 'Mail', exact: true })
      .getByText('$workflow.input[0].data.message_id')
      .waitFor();
    await fill('Text', 'It is in the books.');
    await visitor.assertAccessible();
    await publish();
    const { definition } = (await owner.http.get('/api/platform/workflows/default/incoming')).body;
    const [{ 'HTTP request': call }] = definition.do;
    assert.deepEqual(call.with.headers, { 'x-from': 'mail', 'x-other': '' });

    asked.length = 0;
    await receive('Invoice 17');
    const run = await ended('incoming');
    assert.equal(run.status, 'completed', JSON.stringify(run.error));
    assert.match(asked.join(), /Invoice 17/);
    const sent = await app.services.db.read('mail_sent').where({ subject: 'Received' }).first();
    assert.match(JSON.stringify(sent), /ada@sender\.example/);
    const answer = await app.services.db.read('mail_sent').where({ subject: 'Re: Invoice 17' }).first();
    assert.match(JSON.stringify(answer), /ada@sender\.example/);
    // By hand it runs with the last mail, unless somebody says otherwise.
    await visitor.open('/automations/workflows/default/incoming?run=1');
    await dialog().getByText('Invoice 17').waitFor();
    await dialog().getByText('Made up').click();
    await dialog().getByText('Invoice 17').waitFor({ state: 'hidden' });
  });

  it('a message to a robot → sorted by AI → handed over to a person', async () => {
    const { page } = visitor;
    const { graph, named, step, insert, fill, publish, button } = mouse;
    const robot = await robotOf(app, owner);
    await upload(robot, { spoken: 'Where is my parcel?', rawSpoken: 'Where is my parcel?' });
    await named('complaints');
    await button('A message arrives at a robot').click();
    await button('Use it').click();
    await page.getByText('From the last real event,').first().waitFor();
    await step('Insert a step at the beginning', 'Sort by AI');
    await insert('Text', 'This step gets', '.text');
    for (const [place, label] of ['complaint', 'other'].entries()) {
      await button('Add to Labels').click();
      await page.getByRole('textbox', { name: 'name', exact: true }).nth(place).fill(label);
    }
    await step('Insert a step after “Sort by AI”', 'Decide');
    // Nothing has run yet: a field that nobody has seen is written.
    await page.getByText('What “Sort by AI” gives is known once it has run.').first().waitFor();
    await button('Try “Sort by AI”').click();
    await page.getByRole('tab', { name: 'Try', selected: true }).waitFor();
    await graph()
      .getByRole('button', { name: /^Decide/ })
      .click();
    await page.getByRole('tab', { name: 'Step' }).click();
    const field = page.getByRole('group', { name: 'When' }).first().getByRole('combobox', { name: 'Field' });
    await field.fill('label');
    await page.getByRole('option', { name: '.label' }).click();
    await fill('Value', 'complaint');
    await step('Insert a step after “Decide” (Case 1)', 'Hand over to a person');
    await insert('Conversation', 'The workflow began with', '.conversation_id');
    await publish();

    await upload(robot, { spoken: 'I want my money back', rawSpoken: 'I want my money back' });
    const run = await ended('complaints');
    assert.deepEqual([run.status, run.output], ['completed', { handed_over: true }], JSON.stringify(run.error));
  });

  it('every morning at eight in Berlin → a report', async () => {
    const { page } = visitor;
    const { graph, named, step, insert, fill, tryAndPin, publish, dialog, button } = mouse;
    await named('report');
    await button('At a time of the day').click();
    await dialog().getByRole('combobox', { name: 'Time zone' }).click();
    await page.getByRole('option', { name: 'Europe/Berlin' }).click();
    await button('Use it').click();
    await graph().getByText('Every day at 08:00 (Europe/Berlin)').waitFor();
    await step('Insert a step at the beginning', 'Look up plan and usage');
    await tryAndPin();
    await step('Insert a step after “Look up plan and usage”', 'Send a mail');
    await page.getByRole('combobox', { name: 'From' }).fill('incoming');
    await page.getByRole('option', { name: 'incoming@example.com' }).click();
    await fill('To', 'owner@example.net');
    await fill('Subject', 'Your plan: ');
    await insert('Subject', 'This step gets, from “Look up plan and usage”', '.display_name');
    await fill('Text', 'Good morning.');
    // No mail begins it: which one is answered has to be said.
    await step('Insert a step after “Send a mail”', 'Answer a mail');
    await button('Publish').click();
    await page.getByText('Step “Answer a mail” is not ready: fill in “Mail”').first().waitFor();
    await button('Undo').click();
    await publish();

    await app.clock.advance(25 * HOUR);
    owner = await signIn(app, owner.email, owner.password);
    const run = await ended('report');
    assert.equal(run.status, 'completed', JSON.stringify(run.error));
    const sent = await app.services.db.read('mail_sent').where('subject', 'like', 'Your plan: %').first();
    assert.match(JSON.stringify(sent?.subject), /Your plan: \w/);
    visitor.expectProblem(/401/);
  });

  it('a template → with one’s own mailbox and address in it, or with a sender that has to be chosen', async () => {
    const { publish } = mouse;
    await visitor.page.getByRole('button', { name: /^Report every morning/ }).click();
    await visitor.page.locator('[value="morning-report"]').waitFor();
    await publish();
    const { definition } = (await owner.http.get('/api/platform/workflows/default/morning-report')).body;
    const { from, to } = definition.do[1].send.with;
    assert.deepEqual([from, to], ['incoming@example.com', owner.email]);
    const zone = await visitor.page.evaluate('Intl.DateTimeFormat().resolvedOptions().timeZone');
    assert.equal(definition.document.metadata.patchbay.timezone, zone);
    await visitor.leave();

    const newcomer = await register(app);
    visitor = await visit(app);
    await visitor.signIn(newcomer.email, newcomer.password);
    await visitor.open('/automations/workflows/new');
    const { page } = visitor;
    await page.getByRole('button', { name: /^Report every morning/ }).click();
    await page.locator('[value="morning-report"]').waitFor();
    await byMouse(page).button('Publish').click();
    await page
      .getByText(/fill in “from”/i)
      .first()
      .waitFor();
    await visitor.open('/automations/examples');
    await byMouse(page).button('Publish and run: Hello').waitFor();
    assert.equal(await byMouse(page).button('Publish and run: Report every morning').count(), 0);
  });
});
