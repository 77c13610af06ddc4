/** Parts of a plugin: each sees what it needs and no more, also while it runs; to the outside they are one plugin. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform } from '#test/support/harness.ts';

type Seen = Record<string, unknown>;
const told = globalThis as unknown as { order: string[]; seen: Record<string, Seen> };

describe('the parts of a plugin', () => {
  let folder: string;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-parts-'));
  });
  beforeEach(() => {
    told.order = [];
    told.seen = {};
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** A plugin with this in its definition; gives its key for the configuration. */
  async function plugin(definition: string, name = `parted${++count}`): Promise<string> {
    await mkdir(join(folder, name), { recursive: true });
    const text = `export default { name: '${name}', summary: 's', ${definition} };\n`;
    await writeFile(join(folder, name, 'index.js'), text);
    return join(folder, name);
  }

  async function refused(definition: string, sentence: RegExp): Promise<void> {
    const key = await plugin(definition);
    await assert.rejects(startPlatform({ plugins: { [key]: {} } }), (error: Error) => {
      assert.match(error.message, sentence);
      return true;
    });
  }

  const noted = (name: string) => `
    start: async (services) => { globalThis.order.push('start ${name}'); globalThis.seen.${name} = services; },
    stop: async () => { globalThis.order.push('stop ${name}'); },`;
  const route = (path: string, service: string) => `
    { method: 'GET', path: '/api/platform/parted/${path}', summary: 's', access: 'public',
      responses: { 200: { type: 'object' } }, handler: async (request, { ${service} }) => ${service} },`;

  const THREE = `
    services: { ground: ({ config }) => ({ size: config.size }) },
    config: { type: 'object', properties: { size: { type: 'integer', default: 1 } } },
    ${noted('whole')}
    routes: [${route('whole', 'top')}],
    parts: [
      { name: 'top', summary: 's', needs: ['middle'], ${noted('top')}
        services: { top: ({ middle, ground }) => ({ of: [middle.name, ground.size] }) },
        routes: [${route('top', 'top')}] },
      { name: 'bottom', summary: 's', ${noted('bottom')} services: { bottom: ({ ground }) => ({ ground }) } },
      { name: 'middle', summary: 's', needs: ['bottom'], ${noted('middle')}
        services: { middle: ({ bottom }) => ({ name: 'middle on ' + bottom.ground.size }) },
        publicServices: { shown: ({ middle }) => ({ shown: middle.name }) },
        routes: [${route('middle', 'middle')}] },
    ],`;

  it('see the ground floor, what they need and themselves; the plugin sees all of them', async () => {
    const parted = await plugin(THREE, 'parted');
    const other = await plugin(`requires: ['parted'], ${noted('other')}`);
    const app = await startPlatform({ plugins: { [parted]: { size: 7 }, [other]: {} } });
    const { whole, top, bottom, middle, other: outside } = told.seen as Record<string, Seen>;
    assert.deepEqual([top?.top, middle?.middle], [{ of: ['middle on 7', 7] }, { name: 'middle on 7' }]);
    assert.deepEqual([whole?.top, whole?.bottom, whole?.middle], [top?.top, bottom?.bottom, middle?.middle]);
    assert.throws(() => top?.bottom, /'parted\/top' asks for the service 'bottom', which it does not see/);
    assert.throws(() => bottom?.middle, /'parted\/bottom' asks for the service 'middle', which it does not see/);
    assert.deepEqual(outside?.shown, { shown: 'middle on 7' });
    assert.throws(() => outside?.middle, /which it does not see/);
    for (const [path, answer] of [
      ['whole', { of: ['middle on 7', 7] }],
      ['top', { of: ['middle on 7', 7] }],
      ['middle', { name: 'middle on 7' }],
    ] as const)
      assert.deepEqual((await app.http.get(`/api/platform/parted/${path}`)).body, answer);
    await app.stop();
  });

  it('start after what they need and stop before it, the plugin last and first', async () => {
    const app = await startPlatform({ plugins: { [await plugin(THREE, 'parted')]: {} } });
    await app.stop();
    const parts = ['bottom', 'middle', 'top', 'whole'];
    assert.deepEqual(told.order, [
      ...parts.map((name) => `start ${name}`),
      ...parts.toReversed().map((name) => `stop ${name}`),
    ]);
  });

  it('keep each other from nothing when one of them cannot stop', async () => {
    const broken = `{ name: 'broken', summary: 's', needs: ['bottom'], stop: async () => { throw new Error('no'); } }`;
    const parts = `parts: [{ name: 'bottom', summary: 's', ${noted('bottom')} }, ${broken}]`;
    const app = await startPlatform({ plugins: { [await plugin(parts)]: {} }, logLevel: 'silent' });
    await app.stop();
    assert.deepEqual(told.order, ['start bottom', 'stop bottom']);
  });

  it('hear events and offer functions by what they see', async () => {
    const definition = `
      parts: [
        { name: 'words', summary: 's', services: { words: () => ['hello'] } },
        { name: 'speech', summary: 's', needs: ['words'],
          events: { 'spoken.said': { type: 'object' } },
          on: { 'spoken.said': async (event, { speech }) => { globalThis.order.push('heard ' + speech); } }, services: { speech: ({ words }) => words[0] + '!' },
          functions: [{ name: 'spoken.say', summary: 's', access: { scope: 'spoken:use', tenant: true },
            input: { type: 'object' }, output: { type: 'object' }, run: async (input, call, { speech }) => ({ speech }) }],
          scopes: { 'spoken:use': 's' },
          cron: [{ name: 'spoken.often', summary: 's', schedule: '* * * * *',
            run: async (run, { speech }) => { globalThis.order.push(speech); } }] },
      ]`;
    const app = await startPlatform({ plugins: { [await plugin(definition, 'spoken')]: {} } });
    await app.clock.advance(60_000);
    await app.platform.cron.runDue();
    assert.deepEqual(told.order, ['hello!']);
    const { db, events, jobs } = app.services;
    await db.transaction((trx) => events.emit(trx, 'spoken.said' as never, {} as never));
    await jobs.idle();
    assert.deepEqual(told.order, ['hello!', 'heard hello!']);
    assert.deepEqual(
      app.services.functions.list().map(({ name }) => name),
      ['spoken.say'],
    );
    await app.stop();
  });

  it('are refused with a sentence when they do not fit together', async () => {
    const part = (name: string, more = '') => `{ name: '${name}', summary: 's', ${more} }`;
    await refused(
      `parts: [${part('one', "needs: ['two']")}, ${part('two', "needs: ['one']")}]`,
      /Parts of the plugin 'parted\d+' need each other in a circle: one → two → one/,
    );
    await refused(
      `parts: [${part('one', "needs: ['tow']")}, ${part('two')}]`,
      /part 'one' .* needs 'tow', which is none of its parts; did you mean 'two'\?/,
    );
    await refused(`parts: [${part('one')}, ${part('one')}]`, /has two parts of one name/);
    const events = (name: string) => part(name, "events: { 'x.y': { type: 'object' } }");
    await refused(
      `parts: [${events('one')}, ${events('two')}]`,
      /has 'x\.y' in `events` of its part 'one' and of its part 'two'/,
    );
    await refused(`parts: [${part('one', 'pages: {}')}]`, /`parts\[0\]\.pages` is nothing that a part has/);
    await refused(`parts: [{ summary: 's' }]`, /`parts\[0\]\.name` is no name of lower-case letters/);
    await refused(
      `parts: [${part('one', 'publicServices: { x: () => 1 }')}, ${part('two', 'services: { x: () => 2 }')}]`,
      /has the service 'x' for others, of its part 'one', and for itself, of its part 'two'/,
    );
    await refused('parts: [undefined]', /`parts\[0\]` is no object/);
    await refused(`parts: [${part('one', "needs: 'two'")}]`, /`parts\[0\]\.needs` is no list/);
    await refused(`parts: [${part('one', 'authenticators: []')}]`, /authenticators` is nothing that a part has/);
    const asks = part('asks', 'services: { mine: ({ theirs }) => theirs.x }');
    await refused(
      `parts: [${asks}, ${part('other', 'services: { theirs: () => ({}) }')}]`,
      /cannot build its service 'mine': it sees no 'theirs' \('theirs' is a service of its part 'other'/,
    );
  });

  it('have their rows ended after what a part does about an end', async () => {
    const key = await plugin(
      `requires: ['auth'],
       services: { table: ({ db }) => db },
       parts: [
         { name: 'hears', summary: 's', on: { 'user.deleted': async (event, { db }) => {
           globalThis.order.push('rows then: ' + (await db.write('ended_notes')).length);
         } } },
         { name: 'holds', summary: 's', tables: { ended_notes: { 'user.deleted': { where: { owner: 'id' } } } } },
       ]`,
      'ended',
    );
    const app = await startPlatform({ plugins: { auth: {}, [key]: {} } });
    const { db, events, jobs } = app.services;
    await db.write.schema.createTable('ended_notes', (table) => void table.integer('owner'));
    await db.write('ended_notes' as never).insert([{ owner: 1 }, { owner: 2 }] as never);
    const data = { id: 1, user_id: 'one', tenant_id: 'a' };
    await db.transaction((trx) => events.emit(trx, 'user.deleted', data, { tenantId: 'a' }));
    await jobs.idle();
    assert.deepEqual(told.order, ['rows then: 2']);
    assert.deepEqual(await db.read('ended_notes' as never), [{ owner: 2 }]);
    await app.stop();
  });
});
