/** Backups that are made, thinned out and rehearsed by themselves, on both databases. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceOf } from '#core/backup/backups.ts';
import { administer } from '#core/testing/databases.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { abandonedStaging, changed, temporaryFolder } from '#test/support/backups.ts';
import { ownedDatabase, startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const DAY_MS = 86_400_000;
const SCHEDULES = { schedule: '0 3 * * *', rehearsal: '0 5 * * *' };
const PLUGINS = { auth: authConfig, licensing: {} };

describe('backups that look after themselves', function () {
  this.timeout(180_000);
  let app: TestPlatform;

  function begin(backups: Record<string, unknown>): Promise<TestPlatform> {
    return startPlatform({ plugins: PLUGINS, config: { backups: { ...SCHEDULES, ...backups } } });
  }
  const folder = (): string => join(app.dataDir, 'backups');
  const root = () => app.http.bearer(ROOT_TOKEN);
  const list = async (): Promise<{ name: string; is_scheduled: boolean; rehearsal: string | null }[]> =>
    (await root().get('/api/platform/backups')).body.items;
  const upkeep = async () => (await root().get('/api/platform/backups/upkeep')).body;
  /** Of backups: a server of a test sends no mail, which is said as well. */
  const attention = async (): Promise<string[]> => {
    const { items } = (await root().get('/api/platform/attention')).body;
    return items.map(({ id }: { id: string }) => id).filter((id: string) => id.startsWith('core.'));
  };
  /** Until so many hours after the next midnight of UTC, with all that is due meanwhile. */
  async function until(hour: number): Promise<void> {
    const now = app.clock.now();
    const at = now - (now % DAY_MS) + DAY_MS + hour * 3_600_000;
    await app.clock.advance(at - now);
    await app.platform.cron.runDue();
  }
  const night = (): Promise<void> => until(4);
  async function rehearse(): Promise<void> {
    await root().post('/api/platform/cron/core.rehearseBackup/run');
    const runs = () => app.services.db.read('core_cron_runs').where({ status: 'running' });
    while ((await runs()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  /** Of the newest backup, which is made where there is none. */
  async function newestFile(): Promise<string> {
    if ((await list()).length === 0) await night();
    return join(folder(), (await list())[0]?.name ?? '');
  }

  describe('by their schedule', () => {
    afterEach(() => app?.stop());

    it('are made in the night, once, and are late when there is none for two days', async () => {
      app = await begin({});
      assert.deepEqual(await attention(), []);
      await night();
      const [made, ...others] = await list();
      assert.ok(made?.is_scheduled);
      assert.match(made?.name ?? '', /-scheduled\.tar\.gz$/);
      assert.deepEqual(others, []);
      await app.platform.cron.runDue();
      assert.equal((await list()).length, 1, 'the ledger has the run of this night');
      const state = await upkeep();
      assert.deepEqual([state.schedule, state.is_late, state.failure], [SCHEDULES.schedule, false, null]);
      assert.equal(state.next_at % DAY_MS, 3 * 3_600_000);
      assert.ok(Math.abs(app.clock.now() - state.last_at) < DAY_MS);
      const { body: ready } = await root().get('/health/ready');
      assert.deepEqual([ready.checks.backups.status, ready.checks.backups.detail.is_late], ['ok', false]);
      await app.services.db.write('core_cron_runs').where({ job: 'core.backup' }).delete();
      const [backup] = await list();
      const old = (backup?.name ?? '').replace(/\d{8}T\d{6}Z/, '20200101T030000Z');
      await rename(join(folder(), backup?.name ?? ''), join(folder(), old));
      assert.equal((await upkeep()).is_late, true);
      assert.deepEqual(await attention(), ['core.noBackup']);
      assert.equal((await root().get('/health/ready')).status, 200, 'it serves as well as before');
    });

    it('are thinned out: the newest of days, weeks and months stays, and all that people made', async () => {
      app = await begin({});
      await mkdir(folder(), { recursive: true });
      const named = (daysAgo: number, suffix: string): string => {
        const time = new Date(app.clock.now() - daysAgo * DAY_MS).toISOString().replace(/[-:]|\.\d+/g, '');
        return `patchbay-${time}-00000000${suffix}.tar.gz`;
      };
      for (let days = 0; days < 200; days++) await writeFile(join(folder(), named(days, '-scheduled')), 'x');
      await writeFile(join(folder(), named(150, '')), 'by hand');
      await writeFile(join(folder(), 'notes.txt'), 'of somebody');
      await night();
      const kept = await list();
      const scheduled = kept.filter((one) => one.is_scheduled);
      // The week and the month of today are those of the newest day.
      assert.ok(scheduled.length >= 7 + 2 + 1 && scheduled.length <= 7 + 3 + 2, `${scheduled.length}`);
      assert.equal(kept.length, scheduled.length + 1);
      assert.ok(existsSync(join(folder(), 'notes.txt')));
    });

    it('are not made where the disk would be full, which is said', async () => {
      app = await begin({ leaveFreeMb: 1_000_000_000 });
      await night();
      assert.deepEqual(await list(), []);
      const { failure, is_late } = await upkeep();
      assert.match(failure.error, /No backup was made. It needs \d+ MB in .* MB are free and 1000000000 MB/);
      assert.equal(is_late, false);
      await night();
      await night();
      assert.deepEqual(await attention(), ['core.noBackup']);
      await rehearse();
      assert.equal((await upkeep()).rehearsal.last, null, 'there is nothing to rehearse');
      takeWarnings();
    });

    it('are not made on the disk of the system while another one is not mounted, which is said', async () => {
      const disk = mkdtempSync(join(tmpdir(), 'patchbay-disk-'));
      try {
        app = await begin({ folder: join(disk, 'backups') });
        await night();
        assert.equal((await list()).length, 1);
        await rename(join(disk, 'backups'), join(disk, 'unmounted'));
        for (const isThere of [false, true]) {
          if (isThere) await mkdir(join(disk, 'backups'));
          await night();
          assert.match(
            (await upkeep()).failure.error,
            /No backup was made\. .* is not where earlier ones went.*Mount its disk/,
          );
          assert.equal(existsSync(join(disk, 'backups')), isThere, 'none is made, and nothing in it');
        }
        await writeFile(join(disk, 'backups', '.patchbay-backups'), '');
        await night();
        assert.equal((await upkeep()).failure, null);
        assert.equal((await list()).length, 1);
      } finally {
        rmSync(disk, { recursive: true });
      }
      takeWarnings();
    });

    it('leave no half one that counts when their process dies', async () => {
      app = await begin({});
      await mkdir(folder(), { recursive: true });
      const target = join(folder(), 'patchbay-20260101T030000Z-00000000-scheduled.tar.gz');
      const staging = await abandonedStaging(target);
      const child = fork(new URL('../../core/backup/backup-process.ts', import.meta.url), {
        serialization: 'advanced',
        execArgv: process.execArgv,
      });
      const { database } = app.services.coreConfig;
      const source = sourceOf(app.services, []);
      child.send({ database, source, staging, target, memoryMb: 1_024 });
      await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.deepEqual(await list(), []);
      await night();
      assert.equal((await list()).length, 1);
      assert.equal(existsSync(staging), false, 'what it left holds secrets');
    });

    if (testDatabase !== 'pg') return;
    it('say plainly that they cannot be rehearsed where the user may make no database', async () => {
      const config = { backups: SCHEDULES };
      app = await startPlatform({ plugins: PLUGINS, config, database: await ownedDatabase() });
      await night();
      await rehearse();
      const { last } = (await upkeep()).rehearsal;
      assert.equal(last.outcome, 'impossible');
      assert.match(last.problem, /may not make a database.*alter role/);
      assert.deepEqual(await attention(), [], 'which says nothing of the backup');
    });
  });

  describe('and are rehearsed', () => {
    before(async () => {
      app = await begin({});
    });
    after(() => app.stop());

    it('are restored beside the server, counted and checked, which is noted', async () => {
      const owner = await register(app);
      await newestFile();
      await rehearse();
      const { rehearsal } = await upkeep();
      assert.deepEqual([rehearsal.last.outcome, rehearsal.last.problem], ['passed', null]);
      assert.ok(rehearsal.last.contents.accounts >= 1, JSON.stringify(rehearsal.last.contents));
      assert.ok(rehearsal.last.took_ms > 0);
      assert.equal((await list())[0]?.rehearsal, 'passed');
      assert.deepEqual(await attention(), []);
      assert.deepEqual(
        (await readdir(folder())).filter((name) => name.startsWith('.')),
        [],
      );
      if (testDatabase === 'pg') {
        const left = await administer("select datname from pg_database where datname like 'patchbay\\_rehearsal\\_%'");
        assert.deepEqual(left, []);
      }
      assert.equal((await root().get('/health/ready')).status, 200);
      assert.ok(await app.services.people.userByUuid(owner.id), 'what is in use is as it was');
    });

    it('turn attention red when the newest is damaged, until one is good again', async () => {
      const file = await newestFile();
      await truncate(file, Math.floor((await stat(file)).size / 2));
      await rehearse();
      assert.deepEqual(await attention(), ['core.rehearsalFailed']);
      const { last } = (await upkeep()).rehearsal;
      assert.match(last.problem, /cannot be unpacked/);
      assert.equal((await list())[0]?.rehearsal, 'failed');
      const [run] = await app.services.db
        .read('core_cron_runs')
        .where({ job: 'core.rehearseBackup', status: 'failed' });
      assert.match(run?.error ?? '', /is not good: It cannot be restored/);
      await night();
      await rehearse();
      assert.deepEqual(await attention(), []);
      assert.equal((await list()).length, 2, 'the damaged one stays for a week');
      takeWarnings();
    });

    it('do not pass with rows that are missing, or an audit log that somebody has changed', async () => {
      const file = await newestFile();
      const good = join(temporaryFolder(), 'backup.tar.gz');
      await copyFile(file, good);
      const become = async (change: Parameters<typeof changed>[1]) => copyFile(await changed(good, change), file);
      await become((manifest) => ({ ...manifest, contents: { ...manifest.contents, accounts: 77 } }));
      await rehearse();
      assert.match((await upkeep()).rehearsal.last.problem, /holds \d+ accounts, and says that there are 77/);
      await become(async (manifest, content) => {
        await tamper(content);
        return manifest;
      });
      await rehearse();
      assert.match((await upkeep()).rehearsal.last.problem, /^auth: In the chain/);
      takeWarnings();
    });

    it('are nobody’s but super-admins’', async () => {
      const owner = await register(app);
      assert.equal((await app.http.bearer(owner.accessToken).get('/api/platform/backups/upkeep')).status, 403);
    });
  });
});

/** Changes an entry of the audit log in an unpacked backup, behind its back. */
async function tamper(content: string): Promise<void> {
  if (testDatabase === 'pg') {
    const file = join(content, 'database.ndjson');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const at = lines.findIndex((line) => line.startsWith('{"table":"auth_audit_entries"}') && /"seq":1,/.test(line));
    lines[at] = (lines[at] ?? '').replace(/"action":"[^"]*"/, '"action":"nothing.happened"');
    return writeFile(file, lines.join('\n'));
  }
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(join(content, 'database.sqlite3'));
  db.exec("update auth_audit_entries set action = 'nothing.happened' where seq = 1");
  db.close();
}
