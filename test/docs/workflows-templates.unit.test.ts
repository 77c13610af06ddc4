/** Templates of the commonest automations: each is published, and does what its card in the editor says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LLMock } from '@copilotkit/aimock';
import { createTransport } from 'nodemailer';
import { TEMPLATES } from '#plugins/workflows/ui/editor/templates/templates.ts';
import { root } from '../../scripts/setup.mjs';
import { fakeModels } from '../plugins/ai-replies/support.ts';
import { robotOf, upload } from '../plugins/robots/support.ts';
import { type Bench, benchOf } from '../plugins/workflows/support.ts';
import { allowSending, authConfig, type Person, register, signIn } from '../support/accounts.ts';
import { type ExampleApi, startExampleApi } from '../support/example-api.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';
import { ROOT } from '../support/principals.ts';

const HOUR = 3_600_000;
/** Those whose runs stand among the tests of the ready examples. */
const RUN_ELSEWHERE = ['forward-codes', 'licence-for-order', 'watchdog', 'refund'];
const sourceOf = (name: string) => readFileSync(join(root, `plugins/workflows/examples/${name}.yaml`), 'utf8');

describe('templates of workflows', () => {
  let app: TestPlatform;
  let bench: Bench;
  let api: ExampleApi;
  let mock: LLMock;
  let owner: Person;
  const tried = new Set<string>();
  before(async () => {
    api = await startExampleApi();
    mock = await fakeModels();
    const house = { kind: 'openai-compatible', baseUrl: `${mock.url}/v1`, model: 'gpt-4o', shared: true };
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        billing: {},
        licensing: { customerMail: { onIssue: false } },
        mail: { publicDomains: ['example.com'], smtp: { port: 0 } },
        robots: { requestsPerMinute: 0 },
        'ai-replies': { providers: { house }, retries: 0 },
        workflows: {},
      },
      config: { http: { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } } },
    });
    bench = benchOf(app);
    owner = await register(app);
    await allowSending(app, owner);
    await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
  });
  after(async () => {
    await app.stop();
    await api.stop();
    await mock.stop();
  });

  async function publish(name: string, change = (text: string) => text, http = owner.http): Promise<void> {
    const answer = await http.post('/api/platform/workflows', { definition: change(sourceOf(name)) });
    assert.equal(answer.status, 201, answer.text);
    tried.add(name);
  }
  async function mailbox(local: string, http = owner.http): Promise<void> {
    const made = await http.post('/api/platform/functions/mail.createMailbox', { input: { local } });
    assert.equal(made.status, 200, made.text);
    const pinned = await http.post(`/api/mailboxes/pin?address=${local}@example.com`);
    assert.equal(pinned.status, 200, pinned.text);
  }
  async function receive(to: string, subject: string, attachment?: string): Promise<void> {
    const port = app.services.smtpReceiver.port();
    assert.ok(port);
    const transport = createTransport({ host: '127.0.0.1', port, secure: false, tls: { rejectUnauthorized: false } });
    const attachments = attachment === undefined ? [] : [{ filename: attachment, content: 'PDF' }];
    await transport.sendMail({ from: 'ada@sender.example', to, subject, text: 'Hello', attachments });
    await app.services.mailParseLoop.idle();
  }
  /** The one execution of it, when that has ended. */
  async function ended(name: string) {
    for (let tries = 0; tries < 1_000; tries++) {
      await app.services.jobs.idle();
      const [first] = (await bench.admin.get(`/api/platform/executions?name=${name}`)).body.items;
      if (first) return bench.until(first.id, ({ ended_at }) => ended_at !== null);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${name} was not started`);
  }
  const lastSent = async () => (await app.services.db.read('mail_sent').orderBy('id', 'desc').first())!;

  it('are ten at least, each another one', () => {
    assert.ok(TEMPLATES.length >= 10);
    assert.equal(new Set(TEMPLATES.map(({ name }) => name)).size, TEMPLATES.length);
  });

  it('draft an answer to a mail from what is known', async () => {
    await mailbox('questions');
    await publish('answer-by-ai');
    mock.onMessage(/Opening hours/, { content: '{"action":"reply","text":"From nine to five.","sources":[]}' });
    await receive('questions@example.com', 'Opening hours?');
    const { status, error } = await ended('answer-by-ai');
    assert.equal(status, 'completed', JSON.stringify(error));
  });

  it('tell a program of a mail with an attachment, and answer', async () => {
    await mailbox('invoices');
    await publish('attachment-to-program', (text) =>
      text.replace('https://books.example.com/incoming', `${api.url}/orders`),
    );
    await receive('invoices@example.com', 'Without');
    await receive('invoices@example.com', 'Invoice 17', 'invoice.pdf');
    const { status, error, input } = await ended('attachment-to-program');
    assert.equal(status, 'completed', JSON.stringify(error));
    assert.deepEqual([input[0].data.subject, input[0].data.attachments], ['Invoice 17', 1]);
    assert.match(api.requests.at(-1)?.body ?? '', /Invoice 17/);
    assert.equal((await lastSent()).subject, 'Re: Invoice 17');
  });

  it('mail a report every morning at eight in Berlin', async () => {
    await mailbox('report');
    await publish('morning-report');
    const { items } = (await owner.http.get('/api/platform/workflow-schedules')).body;
    const next = new Date(items.find(({ name }: { name: string }) => name === 'morning-report').next_run_at);
    const inBerlin = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' }).format(next);
    assert.equal(inBerlin, '08:00');
    await app.clock.advance(25 * HOUR);
    owner = await signIn(app, owner.email, owner.password);
    const { status, error } = await ended('morning-report');
    assert.equal(status, 'completed', JSON.stringify(error));
    assert.equal((await lastSent()).subject, 'Good morning, this is what is used');
  });

  it('sort a message by AI, and hand a complaint over', async () => {
    await publish('classify-and-hand-over');
    mock.onMessage(/my money/, { content: '{"label":"complaint","confidence":0.9}' });
    const robot = await robotOf(app, owner);
    await upload(robot, { spoken: 'I want my money back', rawSpoken: 'I want my money back' });
    const { status, error, output } = await ended('classify-and-hand-over');
    assert.deepEqual([status, output], ['completed', { handed_over: true }], JSON.stringify(error));
  });

  it('offer an extension before a licence ends', async () => {
    await mailbox('shop', bench.admin);
    await publish('licence-ending', (text) => text, bench.admin);
    const wish = { plan: 'monthly', email: 'ada@example.net' };
    await app.services.functions.call('licensing.generate', wish, { principal: ROOT, idempotencyKey: '1' });
    await app.clock.advance(29 * 24 * HOUR);
    owner = await signIn(app, owner.email, owner.password);
    await app.services.reminders.remindSome(10);
    const { status, error } = await ended('licence-ending');
    assert.equal(status, 'completed', JSON.stringify(error));
    const offers = () => app.services.db.read('mail_sent').where({ subject: 'Your licence ends soon' });
    assert.equal((await offers()).length, 1);
    // Once for each end.
    await app.services.reminders.remindSome(10);
    await app.services.jobs.idle();
    assert.equal((await bench.admin.get('/api/platform/executions?name=licence-ending')).body.items.length, 1);
  });

  it('send a paid invoice to who keeps the books', async () => {
    await mailbox('office', bench.admin);
    await publish('payment-to-books', (text) => text, bench.admin);
    const { db, events } = app.services;
    const data = { tenant_id: owner.tenantId, number: 'R-1', total: 1_990, currency: 'EUR' };
    await db.transaction((trx) => events.emit(trx, 'invoice.paid', data, { tenantId: owner.tenantId, subject: 'R-1' }));
    const { status, error } = await ended('payment-to-books');
    assert.equal(status, 'completed', JSON.stringify(error));
    assert.equal((await lastSent()).subject, 'Paid: R-1');
  });

  it('make a mail of a form on a web site', async () => {
    await mailbox('web');
    await publish('web-form-to-mail');
    const body = { email: 'ada@example.net', message: 'Can you help?' };
    const answer = await app.http.post('/hooks/examples/web-form-to-mail?wait=20', body);
    assert.deepEqual([answer.body.status, answer.body.output], ['completed', { received: true }], answer.text);
    assert.equal((await lastSent()).subject, 'From the web site: ada@example.net');
  });

  it('have all been run', () => {
    const missing = TEMPLATES.filter(({ name }) => !tried.has(name) && !RUN_ELSEWHERE.includes(name));
    assert.deepEqual(missing, []);
  });
});
