/** What somebody else's plugin does wrong costs that plugin, and nobody else's requests, streams, jobs or stop. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import knex from 'knex';
import { pluginInStack } from '#core/observability/stray-errors.ts';
import { authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { ROOT } from '#test/support/command-line.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { openStream } from '#test/support/streams.ts';

const ROGUE = join(ROOT, 'test', 'fixtures', 'plugins', 'rogue');
const LAUNCHER = join(ROOT, 'scripts', 'patchbay.mjs');

describe('a plugin that does everything wrong', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, [ROGUE]: {} } });
  });
  after(() => app.stop());

  it('whose handler throws anything at all is answered with problem details', async () => {
    const { status, body, headers } = await app.http.get('/api/rogue/frozen');
    assert.equal(status, 500);
    assert.match(headers.get('content-type') ?? '', /^application\/(problem\+)?json/);
    assert.equal(body.code ?? body.error, body.code ? 'internal_error' : body.error);
  });

  it('whose rule fails for an event takes that event away, and nobody’s stream', async () => {
    const person = await register(app);
    const headers = { authorization: `Bearer ${person.accessToken}` };
    const stream = await openStream(`${app.url}/api/platform/live?topics=rogue.*`, headers);
    const { db, events } = app.services;
    for (const data of [{}, { who: 'ada' }])
      await db.transaction((trx) =>
        events.emit(trx, 'rogue.happened', data, { tenantId: person.tenantId, subject: 'x' }),
      );
    await stream.until(1);
    assert.deepEqual([stream.data[0].data.who, stream.isOver()], ['ada', false]);
    stream.close();
  });

  it('whose counting throws hides nothing of what waits elsewhere', async () => {
    const person = await register(app);
    assert.equal((await person.http.get('/api/platform/attention')).status, 200);
  });

  it('is known by its folder in the stack', () => {
    const folders = new Map([['rogue', ROGUE]]);
    const error = new Error('x');
    for (const line of [`at handler (file://${ROGUE}/index.ts:3:5)`, `at async ${ROGUE}/index.js:1:2`]) {
      error.stack = `Error: x\n    at node:internal/timers:1:1\n    ${line}`;
      assert.equal(pluginInStack(error, folders), 'rogue', line);
    }
    assert.equal(pluginInStack({ no: 'error' }, folders), null);
  });
});

describe('a server with a plugin that does everything wrong', () => {
  it('goes on after a promise that nobody waited for, names the plugin, and stops as if nothing were', async () => {
    const { child, url, output } = await launched();
    assert.equal((await fetch(`${url}/api/rogue/rejects`)).status, 200);
    await said(output, /A promise that nobody waits for was rejected: of the plugin 'rogue'/);
    assert.equal((await fetch(`${url}/health`)).status, 200);
    assert.match(output(), /the plugin 'rogue' cannot say what it opens/);
    assert.match(output(), /Enabled: .*rogue/, 'the banner is there, whatever a plugin announces');
    const code = ended(child);
    child.kill('SIGTERM');
    assert.equal(await code, 0);
    assert.match(output(), /A plugin has nothing to announce, but an error/);
    assert.doesNotMatch(output(), /Cannot read properties of undefined/);
  }).timeout(60_000);

  it('drains after an exception outside of any request, names the plugin, and ends with 1', async () => {
    const { child, url, output } = await launched();
    const code = ended(child);
    assert.equal((await fetch(`${url}/api/rogue/throws`)).status, 200);
    assert.equal(await code, 1);
    assert.match(output(), /The server stops after an exception outside of any request: of the plugin 'rogue'/);
    assert.doesNotMatch(output(), /did not drain/);
  }).timeout(60_000);

  it('gives jobs back and closes the database, although a request, a run, a job and the stop of a plugin never end', async () => {
    const { child, url, output, folder } = await launched({ ROGUE_STOP: 'never' });
    const headers = { authorization: `Bearer ${ROOT_TOKEN}` };
    void fetch(`${url}/api/rogue/waits`).catch(() => {});
    assert.equal((await fetch(`${url}/api/rogue/works`)).status, 200);
    const run = `${url}/api/platform/cron/rogue.tidy/run`;
    assert.ok((await fetch(run, { method: 'POST', headers })).status < 300);
    const code = ended(child);
    child.kill('SIGTERM');
    assert.equal(await code, 0);
    assert.doesNotMatch(output(), /did not drain/);
    const db = knex({
      client: 'sqlite3',
      useNullAsDefault: true,
      connection: { filename: join(folder, 'patchbay.sqlite3') },
    });
    const rows = await db('core_jobs').where({ name: 'rogue.work' }).select('state', 'attempts', 'locked_by');
    await db.destroy();
    assert.deepEqual(rows, [{ state: 'ready', attempts: 0, locked_by: null }]);
  }).timeout(60_000);
});

async function launched(
  more: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; url: string; output(): string; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-rogue-'));
  const config = join(folder, 'patchbay.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      dataDir: folder,
      http: { port: 0 },
      plugins: { auth: { rootToken: ROOT_TOKEN }, mail: { smtp: { port: 0 } }, [ROGUE]: {} },
    }),
  );
  const env = { PATH: process.env.PATH, PATCHBAY_SKIP_INSTALL: '1', PATCHBAY_CONFIG: config, ...more };
  const child = spawn(process.execPath, [LAUNCHER, 'start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const output = () => out;
  await said(output, /listening on 127\.0\.0\.1:\d+[\s\S]*cannot say what it opens/);
  const url = `http://127.0.0.1:${/listening on 127\.0\.0\.1:(\d+)/.exec(out)?.[1]}`;
  return { child, url, output, folder };
}

/** The limit of the test is the limit here. */
async function said(output: () => string, sentence: RegExp): Promise<void> {
  while (!sentence.test(output())) await pause(50);
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}
