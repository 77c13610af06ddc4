/** A restore brings back everything or nothing, with the rights of a database's owner; a backup says what is in it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { changed, onInstallation, temporaryFolder } from '#test/support/backups.ts';
import { MAIN, ROOT } from '#test/support/command-line.ts';
import { dropDatabase, freshDatabase, ownedDatabase, startPlatform, testDatabase } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

const plugins = {
  auth: authConfig,
  billing: {},
  licensing: {},
  workflows: {},
  mail: { mailboxTtl: 0, smtp: { port: 0 } },
};
const large = 'A line of a large mail, seventy characters long, with an é and 漢字 ..\r\n'.repeat(2_000);

describe('a backup', () => {
  let archive: string;
  let dataDir: string;
  let database: Record<string, unknown>;
  let raw: string;

  before(async function () {
    this.timeout(120_000);
    const app = await startPlatform({ plugins });
    ({ dataDir } = app);
    database = { ...app.services.coreConfig.database };
    for (const text of ['small', large]) {
      const mail = { from: 'a@sender.example', to: 'keep@example.com', subject: text.slice(0, 5), text };
      await sendMail(app.services.smtpReceiver.port()!, mail);
    }
    await app.services.mailParseLoop.idle();
    raw = await rawOf(app);
    archive = join(temporaryFolder(), 'backup.tar.gz');
    const { code, out, err } = await onInstallation(['backup', archive], dataDir, database);
    assert.equal(code, 0, err);
    assert.match(out, /: .*1 mailboxes, 2 mails, .*1 files\.\nIt holds the secrets/);
    assert.deepEqual(readdirSync(join(archive, '..')), ['backup.tar.gz']);
    await app.platform.stop();
  });

  after(async () => {
    rmSync(dataDir, { recursive: true });
    await dropDatabase(database);
  });

  async function rawOf(app: Awaited<ReturnType<typeof startPlatform>>): Promise<string> {
    const mail = await app.services.db.read('mail_messages').where({ subject: 'A lin' }).first();
    return (await app.http.bearer(ROOT_TOKEN).get(`/api/email/${mail?.id}/download`)).text;
  }

  it('is restored by the owner of a database who is nothing more', async () => {
    const elsewhere = await ownedDatabase();
    const folder = join(temporaryFolder(), 'data');
    const { code, err } = await onInstallation(['restore', archive], folder, elsewhere);
    assert.equal(code, 0, err);
    assert.ok(!existsSync(join(folder, '.restoring')));
    const app = await startPlatform({ plugins, dataDir: folder, database: elsewhere });
    assert.equal(await rawOf(app), raw);
    assert.ok(raw.length > 100_000);
    assert.equal((await app.http.get('/health/ready')).status, 200);
    await app.stop();
    await dropDatabase(elsewhere);
  }).timeout(120_000);

  it('that is of a newer version, of another secret, or broken leaves nothing behind', async () => {
    const newer = await changed(archive, async (manifest, folder) => {
      if (testDatabase === 'sqlite3') {
        const { DatabaseSync } = await import('node:sqlite');
        const copy = new DatabaseSync(join(folder, 'database.sqlite3'));
        copy.exec("insert into core_migrations (name, batch, migration_time) values ('core/9999-later', 9, 0)");
        copy.close();
      }
      return { ...manifest, migrations: [...(manifest.migrations ?? []), 'core/9999-later'] };
    });
    const broken = join(temporaryFolder(), 'broken.tar.gz');
    const whole = readFileSync(archive);
    writeFileSync(broken, whole.subarray(0, whole.length / 2));
    const other = { PATCHBAY_SECRET: 'a secret that is certainly another one' };
    const elsewhere = await ownedDatabase();
    for (const [file, env, sentence] of [
      [newer, {}, /is of a newer version \(it has core\/9999-later\)/],
      [archive, other, /The master secret is not the one of this backup/],
      [broken, {}, /cannot be unpacked|holds no database|is damaged/],
    ] as const) {
      const folder = join(temporaryFolder(), 'data');
      const { code, err } = await onInstallation(['restore', file], folder, elsewhere, env);
      assert.deepEqual([code, sentence.test(err)], [1, true], err);
      assert.deepEqual(
        readdirSync(folder).filter((name) => !name.startsWith('patchbay.lock')),
        [],
      );
    }
    // And the database is as empty as before.
    const folder = join(temporaryFolder(), 'data');
    assert.equal((await onInstallation(['restore', archive], folder, elsewhere)).code, 0);
    await dropDatabase(elsewhere);
  }).timeout(120_000);

  it('whose restore was cut off lets nothing start, and is restored by another try', async () => {
    const elsewhere = await freshDatabase();
    const folder = temporaryFolder();
    // As a kill leaves it while the files are moved: some there, the marker there, no database.
    mkdirSync(join(folder, '.restoring', 'content'), { recursive: true });
    mkdirSync(join(folder, 'files', 'ab'), { recursive: true });
    writeFileSync(join(folder, 'secrets.json'), '{}');
    await assert.rejects(startPlatform({ plugins, dataDir: folder, database: elsewhere }), /was cut off. Run it again/);
    const { code, err } = await onInstallation(['restore', archive], folder, elsewhere);
    assert.equal(code, 0, err);
    const app = await startPlatform({ plugins, dataDir: folder, database: elsewhere });
    assert.equal(await rawOf(app), raw);
    await app.platform.stop();
    const again = await onInstallation(['restore', archive], folder, elsewhere);
    assert.match(again.err, /is not empty/);
    await dropDatabase(elsewhere);
  }).timeout(120_000);

  it('of an installation with a lost file says so, and ends with 1', async () => {
    const files = join(dataDir, 'files');
    renameSync(files, `${files}.away`);
    const file = join(temporaryFolder(), 'lossy.tar.gz');
    const { code, err } = await onInstallation(['backup', file], dataDir, database);
    renameSync(`${files}.away`, files);
    assert.deepEqual([code, existsSync(file)], [1, true]);
    assert.match(err, /1 files to which the database points are missing/);
  }).timeout(120_000);

  it('that does not fit on the disk leaves no half of it', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'half.tar.gz');
    const command = `ulimit -f 40; exec "${process.execPath}" "${MAIN}" backup "${file}"`;
    const env = {
      PATH: process.env.PATH,
      PATCHBAY_DATADIR: dataDir,
      PATCHBAY_DATABASE: JSON.stringify(database),
    };
    const failed = await new Promise<boolean>((resolve) =>
      execFile('sh', ['-c', command], { cwd: ROOT, env }, (error) => resolve(error !== null)),
    );
    assert.deepEqual([failed, readdirSync(folder)], [true, []]);
  }).timeout(120_000);
});

describe('a backup of an installation whose secret is in the environment', () => {
  it('says that it does not hold it, and is restored only with it', async () => {
    const database = await freshDatabase();
    const home = temporaryFolder();
    const dataDir = join(home, 'data');
    const env = { PATCHBAY_SECRET: 'one secret that is in the environment' };
    assert.equal((await onInstallation(['migrate'], dataDir, database, env)).code, 0);
    const archive = join(home, 'backup.tar.gz');
    const { out, err } = await onInstallation(['backup', archive], dataDir, database, env);
    assert.match(out, /The master secret is not in it, but in PATCHBAY_SECRET/, err);
    const elsewhere = await freshDatabase();
    const without = await onInstallation(['restore', archive], join(home, 'copy'), elsewhere);
    assert.match(without.err, /does not hold its master secret: set PATCHBAY_SECRET/);
    const restored = await onInstallation(['restore', archive], join(home, 'copy'), elsewhere, env);
    assert.equal(restored.code, 0, restored.err);
    await dropDatabase(database);
    await dropDatabase(elsewhere);
  }).timeout(120_000);
});

describe('a backup of nothing', () => {
  it('is refused, and makes nothing by the way', async () => {
    const home = temporaryFolder();
    const database = await freshDatabase();
    const { code, err } = await onInstallation(['backup', join(home, 'b.tar.gz')], join(home, 'nowhere'), database);
    assert.equal(code, 1);
    assert.match(err, /There is no database|holds no tables of Patchbay/);
    assert.deepEqual(readdirSync(home), []);
    await dropDatabase(database);
  }).timeout(120_000);
});
