/** The ready examples of workflows are valid, and those that need nothing of the outside do what they say. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';
import { type Bench, benchOf } from '../plugins/workflows/support.ts';
import { allowSending, authConfig, catchMails, register } from '../support/accounts.ts';
import type { Client } from '../support/client.ts';
import { EXAMPLE_HOST, type ExampleApi, startExampleApi } from '../support/example-api.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';
import { ROOT } from '../support/principals.ts';

const FOLDER = join(root, 'plugins/workflows/examples');
const HOUR = 3_600_000;

describe('examples of workflows', () => {
  let app: TestPlatform;
  let bench: Bench;
  let api: ExampleApi;
  beforeEach(async () => {
    api = await startExampleApi();
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        billing: {},
        licensing: { customerMail: { onIssue: false } },
        mail: { publicDomains: ['example.com'], smtp: { enabled: false } },
        robots: {},
        'ai-replies': {},
        workflows: {},
      },
      config: { http: { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } } },
    });
    bench = benchOf(app);
  });
  afterEach(async () => {
    await app.stop();
    await api.stop();
  });

  const sourceOf = (name: string) => readFileSync(join(FOLDER, `${name}.yaml`), 'utf8');
  const publish = async (name: string, client: Client = bench.admin, change = (text: string) => text) => {
    const answer = await client.post('/api/platform/workflows', { definition: change(sourceOf(name)) });
    assert.equal(answer.status, 201, answer.text);
  };
  const mailbox = async (local: string, client: Client = bench.admin) => {
    await client.post('/api/create', { local });
    const pinned = await client.post(`/api/mailboxes/pin?address=${local}@example.com`);
    assert.equal(pinned.status, 200, pinned.text);
  };
  const sent = async () => (await app.services.db.read('mail_sent').orderBy('id')).map((row) => row.subject);
  const firstOf = async (name: string) => {
    for (let tries = 0; tries < 4_000; tries++) {
      await app.services.jobs.idle();
      const [first] = (await bench.admin.get(`/api/platform/executions?name=${name}`)).body.items;
      if (first) return first.id;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${name} was not started`);
  };
  const isWaiting = ({ status }: any) => status === 'waiting';
  const hasEnded = ({ ended_at }: any) => ended_at !== null;

  it('are all valid, and say on top what they are and do', async () => {
    const files = readdirSync(FOLDER);
    assert.ok(files.length >= 6);
    const owner = await register(app);
    for (const file of files) {
      const name = file.replace(/\.yaml$/, '');
      const text = sourceOf(name);
      assert.match(text, /^# .+\n# .{20}/);
      assert.match(text, new RegExp(`name: ${name}\n`));
      await publish(name, owner.http);
    }
  });

  it('welcome who registers', async () => {
    await mailbox('hello');
    await publish('welcome-mail');
    await register(app);
    const id = await firstOf('welcome-mail');
    await bench.until(id, isWaiting);
    assert.deepEqual(await sent(), ['Welcome']);
    await app.clock.advance(25 * HOUR);
    assert.equal((await bench.until(id, hasEnded)).status, 'completed');
    assert.deepEqual(await sent(), ['Welcome', 'How does it go?']);
  });

  it('make a licence for a paid order, once', async () => {
    await mailbox('shop');
    await bench.admin.put('/api/platform/workflow-secrets/shopHook', { value: 'a signing key' });
    await publish('licence-for-order');
    const body = JSON.stringify({ order: 4711, email: 'ada@example.net', plan: 'yearly' });
    const signature = createHmac('sha256', 'a signing key').update(body).digest('hex');
    for (let time = 0; time < 2; time++) {
      const { body: answer } = await app.http.send('POST', '/hooks/examples/licence-for-order?wait=20', body, {
        'idempotency-key': 'order-4711',
        'x-patchbay-signature': `sha256=${signature}`,
      });
      assert.deepEqual([answer.status, answer.output?.email], ['completed', 'ada@example.net'], JSON.stringify(answer));
    }
    assert.deepEqual(await sent(), ['Your licence for order 4711']);
  });

  it('report the usage of a tenant', async () => {
    const owner = await register(app);
    await allowSending(app, owner);
    await mailbox('report', owner.http);
    await publish('usage-report', owner.http);
    const path = '/api/platform/workflows/examples/usage-report/executions?wait=20';
    const { body } = await owner.http.post(path, {});
    assert.equal(body.status, 'completed', JSON.stringify(body));
    assert.match((await sent())[0] ?? '', /^Usage of /);
  });

  it('say what a mail is about, in each language', async () => {
    const zh = bench.admin.with({ 'accept-language': 'zh' });
    const path = '/api/platform/workflows/examples/first-steps/executions?wait=20';
    const summaryOf = async (subject: string, text = '') =>
      (await bench.admin.post(path, { input: { from: 'linus@kernel.example', subject, text } })).body.output?.summary;
    await publish('first-steps');
    assert.deepEqual(
      [await summaryOf(''), await summaryOf('Kernels'), await summaryOf('', 'Code 271828')],
      [
        'linus@kernel.example wrote without a subject.',
        'linus@kernel.example wrote about: Kernels.',
        'linus@kernel.example sent the code 271828.',
      ],
    );
    const { items } = (await zh.get('/api/platform/workflow-examples')).body;
    const { definition } = items.find(({ name }: { name: string }) => name === 'first-steps');
    await bench.admin.post('/api/platform/workflows', {
      definition: definition.replace("'1.0.0'\ninput", "'1.0.1'\ninput"),
    });
    assert.equal(await summaryOf(''), 'linus@kernel.example 发来了一封没有主题的邮件。');
  });

  it('post codes to a chat', async () => {
    await mailbox('team');
    const value = { url: `${api.url}/orders`, token: 'chat token' };
    await bench.admin.put('/api/platform/workflow-secrets/chat', { value });
    await publish('forward-codes');
    await bench.admin.send(
      'POST',
      '/receive',
      'From: a@b.example\nTo: team@example.com\nSubject: Hi\n\nYour code: 482913\n',
      {
        'content-type': 'message/rfc822',
      },
    );
    const end = await bench.until(await firstOf('forward-codes'), hasEnded);
    assert.equal(end.status, 'completed', JSON.stringify(end.error));
    assert.match(api.requests.at(-1)?.body ?? '', /482913/);
  });

  it('ask before a large refund, and pay', async () => {
    const mails = catchMails(app);
    await mailbox('shop');
    await bench.admin.put('/api/platform/workflow-secrets/payments', { value: { token: 'pay token' } });
    const here = (text: string) => text.replace('https://payments.example.com/refunds', `${api.url}/orders`);
    await publish('refund', bench.admin, here);
    const begin = async (amount: number) => {
      const input = { order: `o-${amount}`, email: 'ada@example.net', amount };
      return (await bench.admin.post('/api/platform/workflows/examples/refund/executions', { input })).body.id;
    };
    const small = await bench.until(await begin(5), hasEnded);
    assert.deepEqual(small.output, { paid: true }, JSON.stringify(small.error));
    const large = await begin(500);
    await bench.until(large, isWaiting);
    await app.services.jobs.idle();
    const { token } = mails.find(({ subject }) => subject === 'A refund') ?? { token: '' };
    await app.http.post('/api/platform/approvals', { token, approved: false, comment: 'too late' });
    assert.deepEqual((await bench.until(large, hasEnded)).output, { paid: false, because: 'too late' });
  });

  it('watch an address, and tell when it fails', async () => {
    await mailbox('watchdog');
    await publish('watchdog', bench.admin, (text) => text.replace('https://www.example.com/health', `${api.url}/gone`));
    await app.clock.advance(5 * 60_000 + 1);
    const id = await firstOf('watchdog');
    for (let time = 0; time < 2; time++) {
      await bench.until(
        id,
        ({ tasks }) => tasks.find((task: any) => task.reference === '/do/0/look')?.attempts === time + 2,
      );
      await bench.until(id, isWaiting);
      await app.clock.advance(16_000);
    }
    assert.deepEqual((await bench.until(id, hasEnded)).output, { up: false });
    assert.deepEqual(await sent(), ['www.example.com does not answer: 404']);
  });

  it('remind of a licence that nobody uses', async () => {
    await mailbox('shop');
    await publish('activation-reminder');
    const wish = { plan: 'monthly', email: 'ada@example.net' };
    await app.services.functions.call('licensing.generate', wish, {
      principal: ROOT,
      idempotencyKey: '1',
    });
    const id = await firstOf('activation-reminder');
    await bench.until(id, isWaiting);
    await app.clock.advance(8 * 24 * HOUR);
    assert.deepEqual((await bench.until(id, hasEnded)).output, { activated: false });
    assert.deepEqual(await sent(), ['Your licence waits for you']);
  });

  it('clean up, and go on when one cannot be deleted', async () => {
    await bench.admin.put('/api/platform/workflow-secrets/shopApi', { value: { token: 'shop token' } });
    const pinned = { '/do/0/find': [{ id: 1 }, { id: 2 }] };
    const here = (text: string) =>
      text.replaceAll('https://shop.example.com', EXAMPLE_HOST).replaceAll(EXAMPLE_HOST, api.url);
    await publish('nightly-cleanup', bench.admin, here);
    const path = '/api/platform/workflows/examples/nightly-cleanup/executions?wait=20';
    const { body } = await bench.admin.post(path, { pins: pinned });
    const failed = [
      { id: 1, status: 404 },
      { id: 2, status: 404 },
    ];
    assert.deepEqual(body.output, { deleted: 0, failed }, JSON.stringify(body));
  });
});
