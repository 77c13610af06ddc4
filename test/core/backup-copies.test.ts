/** Scheduled backups that are copied away from the server, and encrypted ones, on both databases. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { onInstallation, temporaryFolder } from '#test/support/backups.ts';
import { freshDatabase, startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type OffsiteServer, s3Server, webdavServer } from '#test/support/offsite-servers.ts';

const DAY_MS = 86_400_000;
const SCHEDULES = { schedule: '0 3 * * *', rehearsal: '0 5 1 1 *', keep: { daily: 2, weekly: 0, monthly: 0 } };
const PLUGINS = { auth: authConfig };

describe('copies of backups away from the server', function () {
  this.timeout(180_000);
  let app: TestPlatform;
  let server: OffsiteServer;
  beforeEach(async () => {
    server = await s3Server();
    app = await begin({ target: server.config });
  });
  afterEach(async () => {
    await app?.stop();
    await server?.stop();
  });

  function begin(backups: Record<string, unknown>): Promise<TestPlatform> {
    return startPlatform({ plugins: PLUGINS, config: { backups: { ...SCHEDULES, ...backups } } });
  }
  const root = () => app.http.bearer(ROOT_TOKEN);
  const list = async () => (await root().get('/api/platform/backups')).body.items;
  const copies = async () => (await root().get('/api/platform/backups/upkeep')).body.copies;
  const attention = async (): Promise<string[]> => {
    const { items } = (await root().get('/api/platform/attention')).body;
    return items.map(({ id }: { id: string }) => id).filter((id: string) => id.startsWith('core.'));
  };
  const there = async (): Promise<string[]> => {
    const files = await readdir(join(server.folder, 'backups'), { recursive: true });
    return files.map((file) => /patchbay-\d[^/]*\.tar\.gz(\.age)?/.exec(file)?.[0] ?? '').filter((name) => name !== '');
  };
  const distinct = async (): Promise<string[]> => [...new Set(await there())].toSorted();
  async function until(hour: number): Promise<void> {
    const now = app.clock.now();
    await app.clock.advance(now - (now % DAY_MS) + DAY_MS + hour * 3_600_000 - now);
    await app.platform.cron.runDue();
  }
  const night = (): Promise<void> => until(4);
  async function hourLater(): Promise<void> {
    await app.clock.advance(3_600_000);
    await app.platform.cron.runDue();
  }
  const refuse = (): void => {
    server.door = (_, response) => {
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Not today</Message></Error>');
      return true;
    };
  };

  it('are sent once they are made, noted, and thinned out by the same rule', async () => {
    await night();
    const [made] = await list();
    assert.equal(made.copy, 'done');
    assert.deepEqual(await distinct(), [made.name]);
    const state = await copies();
    assert.equal(state.target, `s3://${new URL(server.url).host}/backups/patchbay/`);
    assert.deepEqual(
      [state.kind, state.count, state.size_bytes, state.last_at, state.is_late, state.failure],
      ['s3', 1, made.size_bytes, made.created_at, false, null],
    );
    await night();
    await night();
    const kept = (await list()).map(({ name }: { name: string }) => name).toSorted();
    assert.equal(kept.length, 2);
    assert.deepEqual(await distinct(), kept);
    const asked = server.asked.length;
    await hourLater();
    assert.equal(server.asked.length, asked, 'nothing is asked where nothing is to be done');
    const { items } = (await root().get('/api/platform/operations?kind=core.backupCopy')).body;
    assert.ok(items.every(({ state: how }: { state: string }) => how === 'done'));
  });

  it('leave alone what somebody else keeps there', async () => {
    await night();
    const [made] = await list();
    const foreign = made.name.replace(/\d{8}T\d{6}Z/, '20200101T030000Z');
    const headers = { 'content-type': 'application/gzip' };
    server.door = null;
    const other = await app.services.outbound.request(`${server.url}/backups/patchbay/${foreign}`, {
      method: 'PUT',
      body: 'of another server',
      headers,
      trusted: server.url,
    });
    assert.equal(other.status, 200);
    await night();
    await night();
    assert.ok((await distinct()).includes(foreign));
  });

  it('are tried again every hour, and are late after two days, which is said', async () => {
    refuse();
    await night();
    const [made] = await list();
    assert.equal(made.copy, 'failed');
    const state = await copies();
    assert.match(state.failure.error, /status 403 \(AccessDenied, Not today\)/);
    assert.equal(state.is_late, false);
    assert.deepEqual(await attention(), []);
    await night();
    await until(8);
    assert.equal((await copies()).is_late, true);
    assert.deepEqual(await attention(), ['core.noBackupCopy']);
    const { body: ready } = await root().get('/health/ready');
    assert.equal(ready.checks.backups.detail.copy_is_late, true);
    server.door = null;
    await hourLater();
    const [newest] = await list();
    assert.equal(newest.copy, 'done');
    assert.deepEqual(await distinct(), [newest.name]);
    assert.deepEqual([(await copies()).is_late, (await copies()).failure, await attention()], [false, null, []]);
    takeWarnings();
  });

  it('are found by a process that comes after one that was killed before it noted them', async () => {
    await night();
    const [made] = await list();
    await app.services.db.write('core_backup_copies').update({ state: 'sending' });
    const puts = () => server.asked.filter((one) => one.startsWith('PUT')).length;
    const before = puts();
    await hourLater();
    assert.equal(puts(), before, 'it is there already');
    assert.equal((await list())[0].copy, 'done');
    // Killed in the midst: what had come is taken back, and it is sent anew.
    await app.services.db.write('core_backup_copies').update({ state: 'sending', upload: 'begun' });
    await rm(join(server.folder, 'backups'), { recursive: true });
    await app.services.db.read('core_backup_copies');
    await server.stop();
    server = await sameAddress(server);
    await hourLater();
    assert.ok(server.asked.some((one) => one.startsWith('DELETE') && one.includes('uploadId=begun')));
    assert.deepEqual(await distinct(), [made.name]);
    assert.equal((await list())[0].copy, 'done');
  });

  it('count no more where somebody has deleted them', async () => {
    await night();
    const [first] = await list();
    await rm(join(server.folder, 'backups'), { recursive: true });
    await server.stop();
    server = await sameAddress(server);
    await night();
    const [second] = await list();
    assert.equal((await copies()).count, 1);
    assert.deepEqual(await distinct(), [second.name]);
    assert.notEqual(first.name, second.name);
    takeWarnings();
  });

  it('go to WebDAV as well, whose settings are tried with a small file', async () => {
    const folder = await webdavServer();
    try {
      const values = { 'backups.target.kind': 'webdav', 'backups.target.webdav': folder.config.webdav };
      await app.stop();
      app = await begin({});
      const settings = '/api/platform/server/settings/backups';
      const tried = await root().post(`${settings}/test`, { values });
      assert.deepEqual(
        tried.body.findings?.map(({ ok }: { ok: boolean }) => ok).at(-1),
        true,
        JSON.stringify(tried.body),
      );
      const wrong = { ...values, 'backups.target.webdav': { ...Object(folder.config.webdav), password: 'no' } };
      assert.match(JSON.stringify((await root().post(`${settings}/test`, { values: wrong })).body), /status 40[13]/);
      assert.equal((await root().patch(settings, { values })).status, 200);
      assert.doesNotMatch(JSON.stringify((await root().get(settings)).body), /lovelace/);
      await night();
      const [made] = await list();
      assert.equal(made.copy, 'done', JSON.stringify(await copies()));
      assert.deepEqual(await readdir(join(folder.folder, 'patchbay')), [made.name]);
    } finally {
      await folder.stop();
    }
  });

  it('are listed, fetched and restored where the server is gone, with the key that was shown once', async () => {
    const owner = await register(app);
    const { status, body: key } = await root().post('/api/platform/backups/keys');
    assert.equal(status, 201);
    assert.match(key.identity, /^AGE-SECRET-KEY-1/);
    const settings = '/api/platform/server/settings/backups';
    const values = { 'backups.encryption.recipient': key.recipient };
    assert.equal((await root().patch(settings, { values })).status, 200);
    const [sealed] = await app.services.db.read('core_backup_keys');
    assert.doesNotMatch(sealed?.identity ?? '', /AGE-SECRET/);
    await night();
    const [made] = await list();
    assert.match(made.name, /-scheduled\.tar\.gz\.age$/);
    assert.deepEqual([made.is_encrypted, made.copy], [true, 'done']);
    const local = join(app.dataDir, 'backups', made.name);
    assert.equal((await readFile(local)).subarray(0, 21).toString(), 'age-encryption.org/v1');
    await root().post('/api/platform/cron/core.rehearseBackup/run');
    const rehearsed = async () => (await root().get('/api/platform/backups/upkeep')).body.rehearsal.last;
    while ((await rehearsed()) === null) await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual([(await rehearsed()).outcome, (await rehearsed()).problem], ['passed', null]);

    const folder = temporaryFolder();
    const file = join(folder, 'fetched.tar.gz.age');
    const dataDir = join(folder, 'new');
    const database = await freshDatabase();
    const env = {
      PATCHBAY_BACKUPS: JSON.stringify({ target: server.config }),
      PATCHBAY_PLUGINS: JSON.stringify({ auth: {} }),
    };
    const listed = await onInstallation(['backup:list'], dataDir, database, env);
    assert.match(listed.out, new RegExp(`${made.name} .*\\n1 in s3://`), listed.err);
    const fetched = await onInstallation(['backup:fetch', 'newest', file], dataDir, database, env);
    assert.equal(fetched.code, 0, fetched.err);
    assert.equal((await stat(file)).size, made.size_bytes);
    assert.deepEqual(readFileSync(file), readFileSync(local));

    const without = await onInstallation(['restore', file], dataDir, database, env);
    assert.match(without.err, /is encrypted. The key that opens it is needed: --identity FILE/);
    const identity = join(folder, 'key.txt');
    writeFileSync(identity, `# public key: ${key.recipient}\n${key.identity}\n`);
    const other = join(folder, 'other.txt');
    writeFileSync(other, (await root().post('/api/platform/backups/keys')).body.identity);
    const wrong = await onInstallation(['restore', file, '--identity', other], dataDir, database, env);
    assert.match(wrong.err, /cannot be unpacked: no identity matched/);
    const cut = join(folder, 'cut.tar.gz.age');
    writeFileSync(cut, readFileSync(file));
    await truncate(cut, made.size_bytes - 100);
    const half = await onInstallation(['restore', cut, '--identity', identity], dataDir, database, env);
    assert.match(half.err, /cannot be unpacked/);
    const restored = await onInstallation(['restore', file, '--identity', identity], dataDir, database, env);
    assert.equal(restored.code, 0, restored.err);
    assert.ok(existsSync(join(dataDir, 'secrets.json')));
    assert.ok(owner.id);
    await rm(folder, { recursive: true });
  });

  it('that are encrypted for someone else are not said to be good or bad', async () => {
    await app.stop();
    const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
    app = await begin({ encryption: { recipient } });
    await night();
    await root().post('/api/platform/cron/core.rehearseBackup/run');
    const last = async () => (await root().get('/api/platform/backups/upkeep')).body.rehearsal.last;
    while ((await last()) === null) await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal((await last()).outcome, 'impossible');
    assert.match((await last()).problem, /encrypted for someone else/);
    takeWarnings();
  });

  it('and their keys are nobody’s but super-admins’', async () => {
    const owner = await register(app);
    assert.equal((await app.http.bearer(owner.accessToken).post('/api/platform/backups/keys')).status, 403);
  });

  /** Another server where one was, with nothing in it. */
  async function sameAddress(former: OffsiteServer): Promise<OffsiteServer> {
    return s3Server({ port: Number(new URL(former.url).port) });
  }
});
