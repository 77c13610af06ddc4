/** A restart that is asked for in the pages: in the same process, with what was set; and with what was set before where that does not start. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, createClient } from '#core/testing/client.ts';
import { ROOT_TOKEN } from '#test/support/accounts.ts';
import { CACHE, MAIN, ROOT } from '#test/support/command-line.ts';
import { freePort } from '#test/support/free-port.ts';
import { warmPatchbay } from '#test/support/warm-commands.ts';

const PATH = '/api/platform/server/settings';

describe('a restart from the pages', function () {
  this.timeout(120_000);
  let env: NodeJS.ProcessEnv;
  let port: number;
  let server: ChildProcess;
  let root: Client;

  before(async () => {
    port = await freePort();
    env = {
      PATCHBAY_DATADIR: mkdtempSync(join(tmpdir(), 'patchbay-restart-')),
      PATCHBAY_HTTP__PORT: String(port),
      PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
      PATCHBAY_PLUGINS__AUTH__ROOT_TOKEN: ROOT_TOKEN,
    };
    root = createClient(`http://127.0.0.1:${port}`).bearer(ROOT_TOKEN);
    await start();
  });
  after(() => void server.kill('SIGKILL'));

  async function start(): Promise<void> {
    const all = { PATH: process.env.PATH, ...CACHE, ...env };
    server = spawn(process.execPath, [MAIN, 'start'], { cwd: ROOT, env: all, stdio: 'ignore' });
    while (!(await ready())) await pause(100);
  }
  const ready = () =>
    root.get('/health/ready').then(
      ({ status }) => status === 200,
      () => false,
    );
  const uptime = async (): Promise<number> => {
    const answer = await root.get('/health/ready').catch(() => null);
    return answer?.body?.uptime_seconds ?? Number.POSITIVE_INFINITY;
  };

  /** Asks for it, and waits for a server that has begun after that; uptimes are in whole seconds. */
  async function restart(): Promise<void> {
    await pause(1_100);
    const asked = Date.now();
    assert.equal((await root.post('/api/platform/server/restart')).status, 202);
    while ((await uptime()) * 1000 > Date.now() - asked) await pause(100);
  }
  async function settingsOf(area: string) {
    const { body } = await root.get(`${PATH}/${area}`);
    const named = Object.fromEntries(body.settings.map((one: { name: string }) => [one.name, one]));
    return { problem: body.problem, named };
  }

  it('happens in the same process, and brings what was set', async () => {
    const saved = await root.patch(`${PATH}/payments`, { values: { 'plugins.billing.currency': 'EUR' } });
    assert.equal(saved.status, 200, saved.text);
    await restart();
    const { named } = await settingsOf('payments');
    assert.equal(named['plugins.billing.currency'].waits_for_restart, false);
    assert.equal(named['plugins.billing.currency'].value, 'EUR');
    assert.equal(server.exitCode, null);
  });

  it('listens where it is told to', async () => {
    const elsewhere = createClient(`http://127.0.0.2:${port}`);
    await assert.rejects(elsewhere.get('/health'));
    const saved = await root.patch(`${PATH}/general`, { values: { 'http.host': '0.0.0.0' } });
    assert.equal(saved.status, 200, saved.text);
    await restart();
    assert.equal((await elsewhere.get('/health')).status, 200);
  });

  it('goes back to what worked when the server does not start with what was set, and says so', async () => {
    const register = (email: string) => root.post('/api/v2/auth/register', { email, password: 'a stranger 4711' });
    await root.patch(`${PATH}/sign-in`, { values: { 'plugins.auth.registration': 'open' } });
    await restart();
    assert.equal((await register('one@example.org')).status, 201);
    await root.patch(`${PATH}/sign-in`, { values: { 'plugins.auth.registration': 'closed' } });
    await root.patch(`${PATH}/payments`, { values: { 'plugins.billing.defaultPlan': 'no-such-plan' } });
    await restart();
    assert.equal(server.exitCode, null);
    const { problem, named } = await settingsOf('payments');
    assert.match(problem, /no-such-plan/);
    assert.equal(named['plugins.billing.defaultPlan'].waits_for_restart, true);
    const { body } = await root.get('/health/ready');
    assert.equal(body.checks.settings.status, 'failing');
    assert.equal((await register('two@example.org')).status, 403, 'a door that was shut since stays shut');
  });

  it('leaves what is set to be seen as a file, with and without its secrets', async () => {
    const smtp = { host: 'mail.acme.test', port: 587, user: 'ada', password: 'tell ${nobody}' };
    await root.patch(`${PATH}/sending`, { values: { 'mailer.smtp': smtp } });
    const { out, code } = await warmPatchbay(['config:export'], env);
    assert.equal(code, 0);
    assert.match(out, /currency: EUR/);
    assert.ok(out.includes('password: ${MAILER_SMTP_PASSWORD}'), out);
    const file = join(String(env.PATCHBAY_DATADIR), 'set.yaml');
    await warmPatchbay(['config:export', '--with-secrets', '--output', file], env);
    assert.match(readFileSync(file, 'utf8'), /tell \$\$\{nobody\}/);
    assert.equal(statSync(file).mode & 0o077, 0);
    const again = await warmPatchbay(['config:export', '--output', file], env);
    assert.match(again.err, /exists already/);
  });

  it('starts as before when what is set is forgotten, and a file stands for it', async () => {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.once('exit', resolve));
    const { out } = await warmPatchbay(['config:reset', 'payments'], env);
    assert.match(out, /Forgotten: .*plugins\.billing\.defaultPlan/);
    const nothing = await warmPatchbay(['config:reset', 'payments'], env);
    assert.match(nothing.err, /Nothing is set in 'payments'; there is something in .*sending/);
    const file = join(String(env.PATCHBAY_DATADIR), 'patchbay.yaml');
    await warmPatchbay(['config:export', '--with-secrets', '--output', file], env);
    env.PATCHBAY_CONFIG = file;
    await start();
    const { problem, named } = await settingsOf('sending');
    assert.equal(problem, null);
    assert.equal(named['mailer.smtp'].is_locked, true);
    assert.equal(named['mailer.smtp'].value.password, '(hidden)');
  });

  it('ends the process when something does not stop, so that whoever watches it starts it again', async () => {
    server.kill('SIGTERM');
    await once(server, 'exit');
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-hangs-'));
    const hangs = '{ void db.transaction(() => new Promise(() => {})); }';
    writeFileSync(join(folder, 'index.js'), `export default { name: 'hangs', summary: 'x', stop({ db }) ${hangs} };`);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const file = join(folder, 'patchbay.yaml');
    writeFileSync(file, `plugins: { ${JSON.stringify(folder)}: {} }`);
    env.PATCHBAY_CONFIG = file;
    await start();
    assert.equal((await root.post('/api/platform/server/restart')).status, 202);
    const ended = await Promise.race([once(server, 'exit'), pause(30_000, ['never'])]);
    assert.deepEqual(ended.slice(0, 1), [1]);
  });
});
