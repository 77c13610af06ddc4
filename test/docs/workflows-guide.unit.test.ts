/** Every definition in the guide of workflows is published and run, and gives what the guide says. */
import assert from 'node:assert/strict';
import { KINDS } from '#plugins/workflows/language/definition.ts';
import { benchOf } from '../plugins/workflows/support.ts';
import { catchMails, ROOT_TOKEN } from '../support/accounts.ts';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { EXAMPLE_HOST, type ExampleApi, startExampleApi } from '../support/example-api.ts';
import { type Example, examplesOf, featuresOf, guidePages } from '../support/guide.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

/** What the guide must show, beside the kinds of tasks. */
const SHOWN = [
  ...['http', 'openapi', 'mcp', 'workflows.approve', 'function of a plugin', 'own function'].map((n) => `call: ${n}`),
  ...['one', 'any', 'until', 'all', 'foreach', 'correlate'].map((name) => `listen: ${name}`),
  'fork: compete',
  'run: workflow',
  'run: script',
  'try: retry',
  'if',
  'while',
  'then',
  'timeout',
  ...['every', 'cron', 'after', 'on'].map((name) => `schedule: ${name}`),
  ...['authentications', 'errors', 'extensions', 'functions', 'retries', 'secrets', 'timeouts'].map((n) => `use: ${n}`),
  ...['basic', 'bearer', 'digest', 'oauth2'].map((name) => `authentication: ${name}`),
  'input',
  'output',
  'export',
  'input: schema',
  'output: schema',
  'timeout of the workflow',
  ...['logging', 'priority', 'concurrency', 'hook', 'keep', 'expose'].map((name) => `patchbay: ${name}`),
];
const STEP_MS = 10 * 60_000;

describe('guide of workflows', () => {
  const examples = guidePages().flatMap(examplesOf);
  let api: ExampleApi;
  let app: TestPlatform;
  let mails: ReturnType<typeof catchMails>;
  before(async () => {
    api = await startExampleApi();
    app = await startPlatform({
      plugins: {
        auth: { rootToken: ROOT_TOKEN },
        licensing: { customerMail: { onIssue: false } },
        workflows: {},
      },
      config: { http: { outbound: { allow: ['127.0.0.1'] }, rateLimit: { enabled: false } } },
    });
    mails = catchMails(app);
  });
  after(async () => {
    await app.stop();
    await api.stop();
  });

  it('has an example of every kind of task, and of everything else in the language', () => {
    const shown = new Set(examples.flatMap(({ definition }) => [...featuresOf(definition)]));
    const wanted = [...KINDS.filter((kind) => kind !== 'call'), ...SHOWN];
    assert.deepEqual(
      wanted.filter((feature) => !shown.has(feature)),
      [],
    );
  });

  for (const example of examples) {
    const { namespace, name } = example.definition.document;
    it(`${example.place} ${namespace}/${name}`, () => check(example)).timeout(30_000);
  }

  for (const page of guidePages()) {
    const blocks = shellBlocks(page);
    if (blocks.length === 0) continue;
    it(`${page} shows commands that work`, async () => {
      const fresh = await startPlatform({
        plugins: { auth: { rootToken: 'a-long-random-token-for-scripts' }, workflows: {} },
      });
      try {
        for (const block of blocks) assert.notEqual(await runBlock(fresh, block), '');
      } finally {
        await fresh.stop();
      }
    }).timeout(60_000);
  }

  async function check(example: Example): Promise<void> {
    const { output, error, events, decision, definition } = example;
    assert.ok(output !== undefined || error !== undefined, `${example.place} says nothing about how it ends`);
    const bench = benchOf(app);
    for (const [name, value] of Object.entries(example.secrets)) {
      await bench.admin.put(`/api/platform/workflow-secrets/${name}`, { value });
    }
    const source = example.source.replaceAll(EXAMPLE_HOST, api.url);
    const published = await bench.admin.post('/api/platform/workflows', { definition: source });
    assert.equal(published.status, 201, published.text);
    const { namespace, name } = definition.document;
    const left = [...events];
    const seen = mails.length;
    const id = await begin();
    const end = await bench.until(id, (execution) => {
      if (execution.ended_at !== null) return true;
      if (execution.status === 'waiting') void stimulate();
      return false;
    });
    assert.deepEqual(left, [], 'not all events were wanted');
    if (error) {
      assert.equal(end.status, 'faulted');
      for (const [key, value] of Object.entries(error)) same(end.error[key], value);
    } else {
      assert.equal(end.status, 'completed', JSON.stringify(end.error));
      same(end.output, output);
    }
    await bench.admin.patch(`/api/platform/workflows/${namespace}/${name}`, { enabled: false });

    async function begin(): Promise<string> {
      if (!definition.schedule) {
        const started = await bench.admin.post(`/api/platform/workflows/${namespace}/${name}/executions`, {
          input: example.input ?? {},
        });
        assert.equal(started.status, 202, started.text);
        return started.body.id;
      }
      while (definition.schedule.on && left.length > 0) await publish(left.shift());
      for (let tries = 0; tries < 4_000; tries++) {
        const { items } = (await bench.admin.get(`/api/platform/executions?namespace=${namespace}&name=${name}`)).body;
        if (items.length > 0) return items.at(-1).id;
        if (!definition.schedule.on) await app.clock.advance(STEP_MS);
        await pause();
      }
      throw new Error('Its schedule never started it');
    }

    /** Brings what it waits for: an event, a decision, or time. */
    async function stimulate(): Promise<void> {
      if (busy) return;
      busy = true;
      try {
        await app.services.jobs.idle();
        if (left.length > 0) await publish(left.shift());
        else if (decision && mails.length > seen) {
          const { token } = mails.at(-1) ?? { token: '' };
          await app.http.post('/api/platform/approvals', { token, ...decision });
        } else if (!decision) await app.clock.advance(STEP_MS);
        await pause();
      } finally {
        busy = false;
      }
    }

    async function publish(given: any): Promise<void> {
      const time = new Date(app.clock.now()).toISOString();
      const event = { specversion: '1.0', id: crypto.randomUUID(), source: 'https://api.example.com', time, ...given };
      const { db, events: bus, jobs } = app.services;
      await db.transaction((trx) => bus.publish(trx, { datacontenttype: 'application/json', ...event }));
      await jobs.idle();
    }
  }

  let busy = false;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

  /** "…" stands for any text. */
  function same(actual: any, expected: any): void {
    assert.deepEqual(blanked(actual, expected), JSON.parse(JSON.stringify(expected).replaceAll(EXAMPLE_HOST, api.url)));
  }
  function blanked(actual: any, expected: any): any {
    if (expected === '…' && typeof actual === 'string') return '…';
    if (Array.isArray(actual) && Array.isArray(expected)) return actual.map((one, i) => blanked(one, expected[i]));
    if (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null)
      return actual;
    return Object.fromEntries(Object.entries(actual).map(([key, value]) => [key, blanked(value, expected[key])]));
  }
});
