/** Each field of a plugin, filled with what it must not be: a sentence that names plugin and field, or nobody else notices. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Type from 'typebox';
import { importPlugin } from '#core/loading/import-plugin.ts';
import { misshapen } from '#core/loading/plugin-shape.ts';
import { builtInPlugins } from '#core/plugins.ts';
import { authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { ROOT } from '#test/support/command-line.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { openStream } from '#test/support/streams.ts';

/** As `core/plugin.ts` lists them. */
const FIELDS = [
  ...(/export interface PluginDefinition[^{]*\{([\s\S]*?)\n\}/
    .exec(readFileSync(join(ROOT, 'core', 'plugin.ts'), 'utf8'))?.[1]
    ?.matchAll(/^ {2}(\w+)\??[:(]/gm) ?? []),
].map(([, name]) => name ?? '');

let folder: string;
let made = 0;

/** A plugin in JavaScript, which nothing has compiled; gives its folder. */
function plugin(parts: string): string {
  const place = mkdtempSync(join(folder, `odd-${made++}-`));
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(place, 'index.js'), `export default { name: 'odd', summary: 's', ${parts} };`);
  return place;
}

async function refusal(parts: string): Promise<string> {
  const place = plugin(parts);
  return importPlugin('./odd', pathToFileURL(join(place, 'index.js')).href).then(
    () => '',
    (error) => error.message,
  );
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-odd-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a plugin that comes with Patchbay', () => {
  it('has the shape of one, which a start takes for granted', async () => {
    for (const name of builtInPlugins()) {
      const { default: own } = await import(`#plugins/${name}/index.ts`);
      assert.equal(misshapen(own), null, name);
    }
  });
});

describe('a plugin with a field of another kind is refused in a sentence:', () => {
  it('every field of the contract', async () => {
    assert.ok(FIELDS.length >= 43, `found ${FIELDS.length} fields`);
    for (const field of FIELDS.filter((name) => name !== 'name' && name !== 'summary')) {
      const sentence = await refusal(`${field}: 42`);
      assert.match(sentence, /^The plugin '\.\/odd' is not what definePlugin takes: /, field);
      assert.ok(sentence.includes(`\`${field}\` is no `), `${field}: ${sentence}`);
    }
    for (const field of ['name', 'summary'])
      assert.match(await refusal(`${field}: 42`), /'\.\/odd' does not default-export definePlugin/);
  });

  for (const [parts, sentence] of [
    ["routes: [{ method: 'GET', path: '/x', summary: 's', handler() {} }]", '`routes[0].access` is no access rule'],
    [
      "routes: [{ method: 'GET', path: 'x', summary: 's', access: 'public', handler() {} }]",
      "`routes[0].path` is no path that begins with '/'",
    ],
    [
      "routes: [{ method: 'GET', path: '/x', summary: 's', access: 'public', handler() {} }]",
      '`routes[0].responses` is no object',
    ],
    [
      "routes: [{ method: 'GET', path: '/x', summary: 's', access: 'admin', handler() {} }]",
      "`routes[0].access` is 'admin', which is none of public, optional, user, superadmin",
    ],
    [
      "sockets: [{ path: '/x', summary: 's', access: { role: ['owner'] }, connected() {} }]",
      '`sockets[0].access.role` is nothing that an access rule has',
    ],
    ["eventAccess: { 'odd.did': 'public' }", "`eventAccess.odd.did` is 'public', which is none of superadmin"],
    [
      "functions: [{ name: 'odd.do', summary: 's', input: {}, output: {}, access: 'public', run() {} }]",
      "`functions[0].access` is 'public'",
    ],
    ["jobs: [{ name: 'odd.work', summary: 's', payload: {} }]", '`jobs[0].run` is no function'],
    ["cron: [{ name: 'odd.tidy', summary: 's', run() {} }]", '`cron[0].schedule` is no text'],
    ["on: { 'user.deleted': 'remove' }", '`on.user.deleted` is no function'],
    ['services: { things: {} }', '`services.things` is no function'],
    ["events: { 'odd.did': 'who' }", '`events.odd.did` is no schema'],
    ["migrations: './migrations'", '`migrations` is no URL of a folder'],
    ["pages: { navigation: [{ id: 'odd' }] }", '`pages.navigation[0].title` is no text'],
    [
      "pages: { navigation: [{ id: 'odd', title: 'Odd', path: 42 }] }",
      "`pages.navigation[0].path` is no path that begins with '/'",
    ],
    [
      "routes: [{ method: 'FETCH', path: '/x', summary: 's', access: 'public', responses: {}, handler() {} }]",
      '`routes[0].method` is none of GET, POST, PUT, PATCH, DELETE',
    ],
    ["attention: [{ id: 'odd.x', path: '/odd', count() {} }]", '`attention[0].title` is no text'],
    ["firstSteps: [{ id: 'odd.x', title: 'X', path: '/odd', state() {} }]", '`firstSteps[0].text` is no text'],
    ["aboutPeople: [{ id: 'odd.x', title: 'X', access: 'user' }]", '`aboutPeople[0].find` is no function'],
  ] as const)
    it(parts, async () => {
      const said = await refusal(parts);
      assert.ok(said.includes(`takes: ${sentence}`), said);
    });
});

describe('a plugin that fails while the platform starts is named, and the next start is as if it had not been:', () => {
  const start = (parts: string) => startPlatform({ plugins: { [plugin(parts)]: {} } });

  for (const [parts, sentence] of [
    ["services: { things() { throw new Error('no things'); } }", /'odd' cannot build its service 'things': no things/],
    ["publicServices: { things() { throw 'no things'; } }", /'odd' cannot build its service 'things': no things/],
    ["sqliteExtensions() { throw new Error('none'); }", /'odd' cannot say which extensions of SQLite it wants: none/],
    ['async sqliteExtensions() { return new Promise(() => {}); }', /extensions of SQLite it wants: no answer within/],
    ["shell() { throw new Error('no page'); }", /'odd' cannot bring its web UI: no page/],
    ["check() { throw new Error('cannot'); }", /'odd' cannot check its configuration: cannot/],
    ["async check() { return ['late']; }", /'odd' cannot check its configuration: `check` gives a list of sentences/],
    ["listen() { throw new Error('no port'); }", /'odd' could not start: no port/],
    ["async start() { throw new Error('no start'); }", /'odd' could not start: no start/],
    ["requires: ['nobody']", /'odd' requires 'nobody'/],
    [
      "config: { type: 'object', properties: { a: { type: 'strange' } } }",
      /The schema of plugins\..*odd-.* is no JSON Schema: schema is invalid/,
    ],
    ["requires: ['odd']", /require each other in a circle: odd → odd/],
  ] as const)
    it(parts, async () => {
      await assert.rejects(
        async () => (await start(parts)).stop(),
        (error: Error) => sentence.test(error.message) || assert.fail(error.message),
      );
    });

  it('a migration that throws', async () => {
    const place = plugin("migrations: new URL('./migrations/', import.meta.url)");
    mkdirSync(join(place, 'migrations'));
    writeFileSync(
      join(place, 'migrations', '0001-x.js'),
      "export async function up(db) { await db.schema.createTable('odd_x', (t) => t.text('a')); throw new Error('half'); }\nexport async function down() {}",
    );
    await assert.rejects(
      async () => (await startPlatform({ plugins: { [place]: {} } })).stop(),
      /The migration odd\/0001-x failed: half/,
    );
  });
});

const NEVER = 'return new Promise(() => {});';
const MUTE = `
  requires: ['auth'],
  events: { 'odd.did': {} },
  eventAccess: { 'odd.did': { kinds: ['user'], isFor() { ${NEVER} } } },
  on: { 'user.created': () => { ${NEVER} } },
  hooks: {},
  cron: [{ name: 'odd.tidy', summary: 's', schedule: '* * * * *', run() { ${NEVER} } }],
  jobs: [{ name: 'odd.work', summary: 's', payload: {}, timeoutMs: 1_000, run() { ${NEVER} } }],
  gauges: [
    { name: 'patchbay_odd_never', help: 'h', read() { ${NEVER} } },
    { name: 'patchbay_odd_junk', help: 'h', read: () => 42 },
    { name: 'patchbay_odd_junk', help: 'h', labels: ['other'], read: () => [{ value: 'NaN' }] },
  ],
  attention: [
    { id: 'odd.never', title: 'Never', path: '/odd', count() { ${NEVER} } },
    { id: 'odd.junk', title: 'Junk', path: '/odd', count: () => 12n },
  ],
  firstSteps: [{ id: 'odd.never', title: 'Never', text: 'Never', path: '/odd', state() { ${NEVER} } }],
  aboutPeople: [
    { id: 'odd.never', title: 'Never', access: 'user', find() { ${NEVER} } },
    { id: 'odd.junk', title: 'Junk', access: 'user', find: () => ({ rows: 12n }) },
  ],
  routes: [
    { method: 'GET', path: '/api/odd/never', summary: 's', access: 'public', responses: {}, handler() { ${NEVER} } },
    { method: 'GET', path: '/api/odd/junk', summary: 's', access: 'public', responses: {}, handler: () => 12n },
  ],
  sockets: [{ path: '/odd', summary: 's', access: 'public', connected() { throw new Error('no socket'); } }],
  health() { ${NEVER} },
  openDoors() { ${NEVER} },
  announce() { ${NEVER} },
  stop() { ${NEVER} },
`;

describe('a plugin that never answers', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, [plugin(MUTE)]: {} } });
  });
  after(() => app.stop());

  it('is failing in the report of health, which comes in time', async () => {
    const { body } = await app.http.bearer(ROOT_TOKEN).get('/health/ready');
    assert.deepEqual([body.checks.odd.status, body.checks.database.status], ['failing', 'ok']);
    assert.ok(body.open_doors.includes("the plugin 'odd' cannot say what it opens"), JSON.stringify(body.open_doors));
  });

  it('hides no figure and nothing that waits elsewhere', async () => {
    const metrics = await app.http.bearer(ROOT_TOKEN).get('/metrics');
    assert.equal(metrics.status, 200, metrics.text);
    assert.match(metrics.text, /^patchbay_jobs/m);
    assert.doesNotMatch(metrics.text, /^patchbay_odd_never /m);
    const person = await register(app);
    assert.equal((await person.http.get('/api/platform/attention')).status, 200);
    const steps = (await person.http.get('/api/platform/first-steps')).body.items;
    assert.deepEqual([steps.length > 0, steps.some(({ id }: { id: string }) => id === 'odd.never')], [true, false]);
    const about = await person.http.get('/api/platform/about-people?email=anna@customer.example');
    const failed = about.body.sections.map((section: { id: string; failed: boolean }) => [section.id, section.failed]);
    assert.deepEqual(failed, [
      ['auth.accounts', false],
      ['odd.never', true],
      ['odd.junk', true],
    ]);
  });

  it('keeps no stream from what others tell', async () => {
    const person = await register(app);
    app.declare({ events: { 'test.did': Type.Object({}) }, eventAccess: { 'test.did': { kinds: ['user'] } } } as never);
    const headers = { authorization: `Bearer ${person.accessToken}` };
    const stream = await openStream(`${app.url}/api/platform/live?topics=odd.*,test.*`, headers);
    const { db, events } = app.services;
    for (const type of ['odd.did', 'test.did'])
      await db.transaction((trx) => events.emit(trx, type as never, {} as never, { tenantId: person.tenantId }));
    await stream.until(1);
    assert.equal(stream.data[0].type, 'test.did');
    stream.close();
  });

  it('keeps no subscriber, no job and no run of others waiting', async () => {
    const done: string[] = [];
    app.declare({
      name: 'test',
      on: { 'user.created': async () => void done.push('event') } as never,
      jobs: [{ name: 'test.work', summary: 's', payload: {} as never, run: async () => void done.push('job') }],
    });
    await register(app);
    const { db, jobs } = app.services;
    await db.transaction((trx) => jobs.enqueue(trx, 'odd.work', {}));
    await db.transaction((trx) => jobs.enqueue(trx, 'test.work', {}));
    while (done.length < 2) await app.clock.advance(10);
    assert.deepEqual(done.toSorted(), ['event', 'job']);
  });

  it('costs the one request that waits for it', async () => {
    const waiting = fetch(`${app.url}/api/odd/never`, { signal: AbortSignal.timeout(200) });
    assert.equal((await app.http.get('/api/odd/junk')).status, 500);
    assert.equal((await app.http.get('/health')).status, 200);
    await assert.rejects(waiting);
  });
});
