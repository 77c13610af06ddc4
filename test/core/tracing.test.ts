/** Traces reach a receiver of OTLP over HTTP, go through requests, jobs, workflows and models, and hold no content; on both databases. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LLMock } from '@copilotkit/aimock';
import Type from 'typebox';
import { boundCron } from '#core/bind-plugins.ts';
import { createCron } from '#core/jobs/cron.ts';
import { defineJob } from '#core/plugin.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { fakeModels, startAi } from '#test/plugins/ai-replies/support.ts';
import { benchOf } from '#test/plugins/workflows/support.ts';
import { authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { rawSmtp, sendMail } from '#test/support/smtp.ts';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: Record<string, unknown>;
  status: { code?: number };
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;

/** Takes what an OpenTelemetry collector takes, and says what it was. */
async function startReceiver() {
  const spans: Span[] = [];
  const resources: Record<string, unknown>[] = [];
  const keys: (string | undefined)[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const { resourceSpans = [] } = JSON.parse(await textOf(request));
    keys.push(request.headers['x-key'] as string | undefined);
    for (const { resource, scopeSpans } of resourceSpans) {
      resources.push(valuesOf(resource.attributes));
      for (const span of scopeSpans.flatMap((scope: { spans: Span[] }) => scope.spans))
        spans.push({ ...span, attributes: valuesOf(span.attributes) });
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  return {
    url,
    spans,
    resources,
    keys,
    refuse: () => {
      status = 400;
    },
    named: (name: RegExp) => spans.filter((span) => name.test(span.name)),
    stop: () => server.close(),
  };
}

function valuesOf(attributes: { key: string; value: Record<string, unknown> }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('traces', function () {
  this.timeout(120_000);
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let called: ReturnType<typeof createServer>;
  const heard: (string | undefined)[] = [];

  before(async () => {
    called = createServer((request, response) => {
      heard.push(request.headers.traceparent as string | undefined);
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
    await new Promise<void>((resolve) => called.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(async () => {
    receiver = await startReceiver();
    heard.length = 0;
  });
  afterEach(() => receiver.stop());
  after(() => {
    called.close();
    takeWarnings();
  });
  const address = () => `http://127.0.0.1:${(called.address() as AddressInfo).port}/`;
  const config = (more: object = {}) => ({
    tracing: { url: receiver.url, headers: { 'x-key': 'k' }, service: 'desk', ...more },
    http: { outbound: { allow: ['127.0.0.1'] } },
  });
  /** Stops, which sends what is left. */
  const stop = (app: TestPlatform) => app.stop();

  it('go on with what a caller began, through a workflow and its steps, to whom it calls', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig, workflows: {} }, config: config() });
    const bench = benchOf(app);
    await bench.publish(
      'calling',
      `do:\n  - ask: {call: http, with: {method: get, endpoint: '${address()}?secret=apple'}}`,
    );
    const path = '/api/platform/workflows/test/calling/executions?wait=20';
    const answer = await app.http.bearer(ROOT_TOKEN).post(path, { input: { who: 'pear' } }, { traceparent: PARENT });
    assert.equal(answer.body.status, 'completed', answer.text);
    await stop(app);
    const [request] = receiver.named(/^POST .*executions$/).filter(({ traceId }) => traceId === TRACE);
    assert.equal(request?.parentSpanId, 'b7ad6b7169203331');
    assert.equal(request?.kind, 2);
    assert.equal(request?.attributes['http.route'], '/api/platform/workflows/{namespace}/{name}/executions');
    assert.equal(Number(request?.attributes['http.response.status_code']), answer.status);
    const [run] = receiver.named(/^workflow test\/calling$/);
    assert.deepEqual([run?.traceId, run?.parentSpanId], [TRACE, request?.spanId]);
    const [step] = receiver.named(/^call \/do\/0\/ask$/);
    assert.deepEqual([step?.traceId, step?.parentSpanId], [TRACE, run?.spanId]);
    assert.deepEqual(heard, [`00-${TRACE}-${step?.spanId}-01`]);
    const told = JSON.stringify(receiver.spans);
    for (const content of ['apple', 'pear', ROOT_TOKEN]) assert.equal(told.includes(content), false, content);
    assert.equal(receiver.resources[0]?.['service.name'], 'desk');
    assert.deepEqual(new Set(receiver.keys), new Set(['k']));
  });

  it('go through jobs, which see nothing of it, and mark what failed', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig }, config: config() });
    const payloads: unknown[] = [];
    app.declare({
      jobs: [
        defineJob({
          name: 'test.traced',
          summary: 'For this test',
          payload: Type.Object({}),
          maxAttempts: 1,
          async run(payload: object) {
            payloads.push(payload);
            if ('fails' in payload) throw Object.assign(new Error('of plum'), { code: 'E_PLUM' });
          },
        }),
        defineJob({
          name: 'test.found',
          summary: 'For this test',
          payload: Type.Object({}),
          isFoundByPayload: true,
          run: async () => {},
        }),
      ],
    });
    const { db, jobs, tracing } = app.services;
    await tracing.span('outside', { parent: PARENT }, async () => {
      for (const payload of [{}, { a: 1 }, { fails: true }])
        await db.transaction((trx) => jobs.enqueue(trx, 'test.traced', payload));
    });
    await db.transaction((trx) => jobs.enqueue(trx, 'test.traced', { alone: true }));
    const runAt = app.clock.now() + 60_000;
    await tracing.span('outside', { parent: PARENT }, async () => {
      for (const name of ['test.traced', 'test.found'])
        await db.transaction((trx) => jobs.enqueue(trx, name, { id: 7 }, { runAt }));
    });
    const waiting = await db.read('core_jobs').where({ run_at: runAt }).orderBy('id').pluck('payload');
    // Whoever looks for jobs by how their payload begins, or by all of it, finds them.
    assert.match(waiting[0] ?? '', /^\{"id":7,"\$trace":"00-0af7/);
    assert.equal(waiting[1], '{"id":7}');
    await db.write('core_jobs').where({ run_at: runAt }).delete();
    await jobs.idle();
    assert.deepEqual(payloads.map((payload) => JSON.stringify(payload)).sort(), [
      '{"a":1}',
      '{"alone":true}',
      '{"fails":true}',
      '{}',
    ]);
    await stop(app);
    takeWarnings();
    const spans = receiver.named(/^job test\.traced$/);
    const [outside] = receiver.named(/^outside$/);
    const mine = spans.filter(({ traceId }) => traceId === TRACE);
    assert.deepEqual(
      mine.map(({ parentSpanId }) => parentSpanId),
      Array(3).fill(outside?.spanId),
    );
    assert.equal(spans.length, 4);
    const failed = spans.filter(({ status }) => status.code === 2);
    assert.deepEqual(
      failed.map(({ attributes }) => attributes['error.type']),
      ['E_PLUM'],
    );
    assert.equal(JSON.stringify(spans).includes('of plum'), false);
  });

  it('tell which model was asked and how much it took, and nothing of what was said', async () => {
    const mock: LLMock = await fakeModels();
    const house = { kind: 'openai-compatible', baseUrl: `${mock.url}/v1`, model: 'gpt-4o', shared: true };
    const app = await startAi({ house }, { config: config(), ai: { retries: 0 } });
    const owner = await register(app);
    await owner.http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true });
    mock.onMessage(/poem/, { content: 'Roses are red.', usage: { prompt_tokens: 7, completion_tokens: 4 } });
    const written = await owner.http.post('/api/platform/functions/ai.generate', { input: { prompt: 'A poem' } });
    assert.equal(written.status, 200, written.text);
    await stop(app);
    await mock.stop();
    const [call] = receiver.named(/^model gpt-4o$/);
    assert.equal(call?.kind, 3);
    assert.equal(call?.attributes['gen_ai.provider.name'], 'house');
    assert.equal(Number(call?.attributes['gen_ai.usage.input_tokens']), 7);
    assert.equal(Number(call?.attributes['gen_ai.usage.output_tokens']), 4);
    const [request] = receiver.named(/^POST .*functions/);
    assert.deepEqual([call?.traceId, call?.parentSpanId], [request?.traceId, request?.spanId]);
    assert.doesNotMatch(JSON.stringify(receiver.spans), /poem|Roses/);
  });

  const withMail = { auth: authConfig, mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { port: 0 } } };
  async function takeMail(app: TestPlatform): Promise<void> {
    const owner = await register(app);
    await mailboxOf(app, owner, 'desk');
    const port = (app.services as unknown as { smtpReceiver: { port(): number } }).smtpReceiver.port();
    const mail = { from: 'pear@sender.example', to: 'desk@example.com', subject: 'Apple', text: 'Plum' };
    await sendMail(port, mail);
    const raw = 'Subject: Apple\r\n\r\nbare\rline\r\n';
    const envelope = { from: mail.from, to: mail.to };
    const smtp = await rawSmtp(port);
    await smtp.untilData(envelope.from, envelope.to);
    assert.match(await smtp.say(`${raw}.`), /^550/);
    smtp.close();
  }

  it('begin with each mail that comes in, and tell neither who wrote it nor what', async () => {
    const app = await startPlatform({ plugins: withMail, config: config() });
    await takeMail(app);
    await stop(app);
    const mails = receiver.named(/^smtp receive$/);
    assert.deepEqual(
      mails.map(({ kind, attributes }) => [kind, attributes['patchbay.smtp.refused'] ?? false]),
      [
        [2, false],
        [2, true],
      ],
    );
    const [taken, refused] = mails;
    assert.equal(taken?.parentSpanId || undefined, undefined);
    assert.equal(Number(taken?.attributes['patchbay.smtp.recipients']), 1);
    assert.equal(taken?.attributes['patchbay.smtp.with'], 'ESMTP');
    assert.ok(Number(taken?.attributes['patchbay.smtp.bytes']) > 100);
    assert.notEqual(taken?.traceId, refused?.traceId);
    assert.notEqual(refused?.status.code, 2, 'a refusal is no failure');
    assert.doesNotMatch(JSON.stringify(mails), /pear|desk@|Apple|Plum/);
  });

  it('begin with each run of scheduled work, and mark what failed', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig }, config: config() });
    const { db, clock, log, tracing } = app.services;
    const job = (name: string, run: () => Promise<void>) =>
      boundCron({ name, summary: 'For this test', schedule: '* * * * *', run }, app.services);
    const fails = async () => {
      throw Object.assign(new Error('of plum'), { code: 'E_PLUM' });
    };
    const jobs = [job('test.fine', async () => {}), job('test.fails', fails)];
    const cron = createCron({ jobs, db, clock, log, tracing });
    // The first look finds when nothing was due yet.
    await cron.runDue();
    await app.clock.advance(60_000);
    await cron.runDue();
    await stop(app);
    takeWarnings();
    const [fine] = receiver.named(/^cron test\.fine$/);
    assert.equal(fine?.attributes['patchbay.cron'], 'test.fine');
    assert.equal(fine?.parentSpanId || undefined, undefined);
    const [failed] = receiver.named(/^cron test\.fails$/);
    assert.deepEqual([failed?.status.code, failed?.attributes['error.type']], [2, 'E_PLUM']);
    assert.equal(JSON.stringify(receiver.spans).includes('of plum'), false);
  });

  it('that are off are asked for nothing by mail and scheduled work', async () => {
    const app = await startPlatform({ plugins: withMail });
    const { tracing } = app.services;
    const asked: string[] = [];
    const { span } = tracing;
    tracing.span = (name, options, work) => {
      asked.push(name);
      return span(name, options, work);
    };
    try {
      await takeMail(app);
      await app.platform.cron.runDue();
      assert.deepEqual(
        asked.filter((name) => /^(smtp|cron)/.test(name)),
        [],
      );
    } finally {
      tracing.span = span;
      await app.stop();
    }
    takeWarnings();
  });

  it('are kept in the share that was asked for, whatever callers say', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig }, config: config({ ratio: 0 }) });
    for (const traceparent of [PARENT, 'nonsense', ''])
      assert.equal((await app.http.get('/health', { traceparent })).status, 200);
    await stop(app);
    assert.deepEqual(receiver.spans, []);
    const all = await startPlatform({ plugins: { auth: authConfig }, config: config({ ratio: 1 }) });
    // By its flag a caller would be in none of them.
    await all.http.get('/health', { traceparent: PARENT.replace(/01$/, '00') });
    await stop(all);
    const [request] = receiver.named(/health/);
    assert.equal(request?.traceId, TRACE);
  });

  it('hold up nothing when nobody takes them, which is said once', async () => {
    receiver.refuse();
    const lines: { msg: string; reason?: string }[] = [];
    const logTo = { write: (text: string) => void lines.push(JSON.parse(text)) };
    const app = await startPlatform({ plugins: { auth: authConfig }, config: config(), logTo });
    assert.equal((await app.http.get('/health')).status, 200);
    await stop(app);
    assert.equal(lines.filter(({ msg }) => msg === 'Traces could not be sent').length, 1);
  });

  it('that are off write nothing into jobs and send nothing along; those of other replicas are read', async () => {
    const app = await startPlatform({
      plugins: { auth: authConfig },
      config: { http: { outbound: { allow: ['127.0.0.1'] } } },
    });
    const payloads: unknown[] = [];
    app.declare({
      jobs: [
        defineJob({
          name: 'test.plain',
          summary: 'For this test',
          payload: Type.Object({}),
          run: async (payload: object) => void payloads.push(payload),
        }),
      ],
    });
    const { db, jobs, outbound, tracing, clock } = app.services;
    const runAt = clock.now() + 60_000;
    await tracing.span('nothing', { parent: PARENT }, async () => {
      await outbound.request(address());
      await db.transaction((trx) => jobs.enqueue(trx, 'test.plain', { a: 1 }, { runAt }));
    });
    assert.deepEqual(heard, [undefined]);
    const row = await db.read('core_jobs').where({ name: 'test.plain' }).first();
    assert.equal(row?.payload, '{"a":1}');
    await db
      .write('core_jobs')
      .where({ id: row?.id })
      .update({ payload: `{"a":2,"$trace":"${PARENT}"}` });
    await app.clock.advance(61_000);
    await jobs.idle();
    assert.deepEqual(payloads, [{ a: 2 }]);
    await app.stop();
    assert.deepEqual(receiver.spans, []);
  });
});
