/** What holds as soon as a definition has been published. */
import assert from 'node:assert/strict';
import { type Bench, benchOf, definitionOf, startBench } from './support.ts';

describe('publishing a workflow', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({ plugins: { mail: { smtp: { enabled: false } } } as any });
  });
  after(() => bench.app.stop());
  afterEach(() => bench.clear());

  const executions = async (name: string) =>
    (await bench.admin.get(`/api/platform/executions?name=${name}`)).body.items;
  const firstOf = async (name: string) => {
    for (let tries = 0; tries < 4_000; tries++) {
      await bench.app.services.jobs.idle();
      const [first] = await executions(name);
      if (first) return first;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${name} was not started`);
  };

  it('sees the very next event', async () => {
    await bench.publish(
      'next',
      'schedule: { on: { one: { with: { type: brand.new } } } }\ndo: [ { a: { set: { a: 1 } } } ]',
    );
    const { db, events } = bench.app.services;
    const time = new Date(bench.app.clock.now()).toISOString();
    await db.transaction((trx) =>
      events.publish(trx, {
        specversion: '1.0',
        id: 'e1',
        source: 'test://x',
        type: 'brand.new',
        time,
        data: {},
        datacontenttype: 'application/json',
      }),
    );
    await firstOf('next');
  });

  it('again, unchanged, or as a draft, leaves its schedule alone', async () => {
    const body = 'schedule: { every: PT1H }\ndo: [ { a: { set: { a: 1 } } } ]';
    const next = async () => Number((await bench.app.services.db.read('workflows_schedules').first())?.next_at);
    await bench.publish('hourly', body);
    const planned = await next();
    await bench.app.clock.advance(30 * 60_000);
    await bench.publish('hourly', body);
    assert.equal(await next(), planned);
    const draft = definitionOf('hourly', 'do: [ { a: { set: { a: 2 } } } ]').replace(
      "version: '1.0.0'",
      'version: 2.0.0',
    );
    assert.equal((await bench.admin.post('/api/platform/workflows', { definition: draft, draft: true })).status, 201);
    assert.equal(await next(), planned);
    bench = benchOf(await bench.app.restart());
    await bench.app.clock.advance(31 * 60_000);
    assert.equal((await firstOf('hourly')).version, '1.0.0');
  });

  it('and what people switch leaves a schedule alone that goes on, and sets one that begins or is another', async () => {
    const { clock, services } = bench.app;
    const next = async () => (await services.db.read('workflows_schedules').first())?.next_at;
    const patch = async (body: object) => {
      assert.equal((await bench.admin.patch('/api/platform/workflows/test/daily', body)).status, 200);
    };
    const publish = async (version: string, period: string) => {
      const source = definitionOf(
        'daily',
        `schedule: { every: ${period} }\ndo: [ { a: { set: { v: '${version}' } } } ]`,
      );
      const definition = source.replace("version: '1.0.0'", `version: '${version}'`);
      assert.equal((await bench.admin.post('/api/platform/workflows', { definition })).status, 201);
    };
    const HOUR = 3_600_000;
    await publish('1.0.0', 'P1D');
    const planned = clock.now() + 24 * HOUR;
    assert.equal(await next(), planned);
    await clock.advance(HOUR);
    await patch({ enabled: true });
    await publish('2.0.0', 'P1D');
    await patch({ version: '1.0.0' });
    assert.equal(await next(), planned);
    await patch({ enabled: false });
    assert.equal(await next(), undefined);
    await patch({ enabled: true });
    assert.equal(await next(), clock.now() + 24 * HOUR);
    await publish('3.0.0', 'PT2H');
    assert.equal(await next(), clock.now() + 2 * HOUR);
    await patch({ version: '1.0.0' });
    assert.equal(await next(), clock.now() + 24 * HOUR);
  });

  it('takes an expression as the whole of `set`, as later versions of the DSL do', async () => {
    await bench.publish('whole', "do: [ { a: { set: '${ [.[] * 2] }' } } ]");
    assert.deepEqual((await bench.run('whole', [1, 2])).output, [2, 4]);
  });

  it('for the platform lets it use the mailboxes of the platform', async () => {
    await bench.publish(
      'mails',
      `do:
- box: { call: mail.createMailbox, with: { local: news } }
- send: { call: mail.send, with: { from: '\${ .address }', to: ada@example.net, subject: Hi, text: Hello } }
- find: { call: mail.find, with: { mailbox: news@example.com } }`,
    );
    const { output, error } = await bench.run('mails');
    assert.deepEqual(output, { items: [] }, JSON.stringify(error));
    const sent = await bench.app.services.db.read('mail_sent').first();
    assert.deepEqual([sent?.from_addr, sent?.recipients], ['news@example.com', 'ada@example.net']);
  });
});
