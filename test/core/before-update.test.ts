/** A start that has to migrate an older database makes a backup first, says how to go back, and can be cut off, on both databases. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { migrateDown, pendingMigrations } from '#core/database/migrations.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig } from '#test/support/accounts.ts';
import { onInstallation } from '#test/support/backups.ts';
import { dropDatabase, freshDatabase, startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PLUGINS = { auth: authConfig };
const MOVED = 'patchbay-20260101T000000Z-00000000-update.tar.gz';
const ON = { backups: { schedule: null, rehearsal: null, beforeMigration: true } };

describe('an update of the database', function () {
  this.timeout(120_000);
  let database: Record<string, unknown>;
  let dataDir: string;
  const lines: { msg: string; backup?: string; from?: string | null }[] = [];
  const logTo = { write: (text: string) => void lines.push(JSON.parse(text)) };

  before(async () => {
    database = await freshDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'patchbay-update-'));
  });
  after(async () => {
    await dropDatabase(database);
    await rm(dataDir, { recursive: true, force: true });
    takeWarnings();
  });
  const start = (config: object = ON) =>
    startPlatform({ plugins: PLUGINS, database, dataDir, config: config as never, logTo });
  const backups = () => {
    const folder = join(dataDir, 'backups');
    return readdirSync(folder).filter((name) => name.endsWith('-update.tar.gz'));
  };
  /** As a version before the last migration of core has left it. */
  async function asBefore(app: TestPlatform): Promise<void> {
    const { db } = app.services;
    await migrateDown(db, app.platform.migrations, 1, 'core');
    await db.write('core_installation').where({ name: 'version' }).update({ value: '0.0.9' });
  }

  it('is none on an empty database, nor when a plugin is switched on', async () => {
    const app = await start();
    const fact = await app.services.db.read('core_installation').where({ name: 'version' }).first();
    assert.match(String(fact?.value), /^\d/);
    await app.platform.stop();
    const withMore = await startPlatform({ plugins: { ...PLUGINS, licensing: {} }, database, dataDir, config: ON });
    await withMore.platform.stop();
    assert.throws(backups, /ENOENT/);
  });

  it('is not begun without room for a backup, and nothing is changed', async () => {
    const app = await start();
    await asBefore(app);
    await app.platform.stop();
    const full = { backups: { ...ON.backups, leaveFreeMb: 1_000_000_000 } };
    await assert.rejects(start(full), /no backup could be made before it.*leaveFreeMb.*Nothing was changed/s);
    const without = await start({ backups: { ...ON.backups, beforeMigration: false, leaveFreeMb: 1_000_000_000 } });
    assert.deepEqual(await pendingMigrations(without.services.db, without.platform.migrations), []);
    await asBefore(without);
    await without.platform.stop();
    assert.deepEqual(backups(), []);
  });

  it('has a backup of what was there before, which the log names with the way back', async () => {
    lines.length = 0;
    const app = await start();
    const [name = ''] = backups();
    assert.equal(backups().length, 1);
    const said = lines.find(({ backup }) => backup !== undefined);
    assert.equal(said?.backup, join(dataDir, 'backups', name));
    assert.equal(said?.from, '0.0.9');
    assert.match(
      String(said?.msg),
      /^A backup was made. To go back, install Patchbay 0\.0\.9.*patchbay restore \S+-update\.tar\.gz$/,
    );
    const places = lines.map(({ msg }) => msg);
    assert.ok(places.indexOf(String(said?.msg)) < places.indexOf('Database migrated'));
    const facts = await app.services.db.read('core_installation').whereIn('name', ['update_backup']);
    assert.deepEqual(facts, []);
    await app.platform.stop();
    const elsewhere = await freshDatabase();
    const restored = await mkdtemp(join(tmpdir(), 'patchbay-update-back-'));
    const answer = await onInstallation(['restore', join(dataDir, 'backups', name)], join(restored, 'data'), elsewhere);
    assert.equal(answer.code, 0, answer.err);
    await dropDatabase(elsewhere);
    await rm(restored, { recursive: true, force: true });
  });

  it('that was cut off keeps the backup from before it', async () => {
    const app = await start();
    await asBefore(app);
    const [name = ''] = backups();
    await app.services.db.write('core_installation').insert({ name: 'update_backup', value: name });
    await app.platform.stop();
    lines.length = 0;
    const again = await start();
    assert.deepEqual(backups(), [name]);
    assert.ok(lines.some(({ backup }) => backup?.endsWith(name)));
    await again.platform.stop();
  });

  it('that was cut off half-way has no other way back than the one from before it, wherever that was moved', async () => {
    const app = await start();
    await asBefore(app);
    const { db } = app.services;
    const done = await db.read('core_migrations').count({ count: '*' }).first();
    const facts = { update_backup: MOVED, update_completed: String(Number(done?.count) - 1) };
    for (const [name, value] of Object.entries(facts)) await db.write('core_installation').insert({ name, value });
    const kept = backups();
    await app.platform.stop();
    lines.length = 0;
    const again = await start();
    assert.deepEqual(backups(), kept, 'none is made of what it left, and none deleted');
    const said = lines.find(({ backup }) => backup?.endsWith(MOVED));
    assert.match(
      String(said?.msg),
      /no longer in \S+\. Keep it\. To go back, install Patchbay 0\.0\.9.*restore patchbay-2026\S+-update\.tar\.gz$/,
    );
    const left = await again.services.db.read('core_installation').whereIn('name', Object.keys(facts));
    assert.deepEqual(left, []);
    await again.platform.stop();
    takeWarnings();
  });

  it('that was cut off before it changed anything has a backup again when that was moved away', async () => {
    const app = await start();
    await asBefore(app);
    const { db } = app.services;
    const done = await db.read('core_migrations').count({ count: '*' }).first();
    const facts = { update_backup: MOVED, update_completed: String(done?.count) };
    for (const [name, value] of Object.entries(facts)) await db.write('core_installation').insert({ name, value });
    const count = backups().length;
    await app.platform.stop();
    const again = await start();
    assert.equal(backups().length, count + 1);
    await again.platform.stop();
  });

  it('keeps the newest three', async () => {
    for (let update = 0; update < 3; update++) {
      const app = await start();
      await asBefore(app);
      await app.clock.advance(1_000);
      await app.platform.stop();
    }
    const last = await start();
    assert.equal(backups().length, 3);
    await last.platform.stop();
  });

  it('keeps the one that was just made where the clock is behind', async () => {
    const app = await start();
    await asBefore(app);
    await app.platform.stop();
    const { clock } = app;
    clock.jump(-6 * 365 * 86_400_000);
    const behind = { plugins: PLUGINS, database, dataDir, config: ON as never, logTo, clock };
    const last = await startPlatform(behind);
    const made = lines.findLast(({ backup }) => backup)?.backup ?? '';
    assert.match(made, /2020|2019/);
    assert.ok(backups().includes(basename(made)), made);
    assert.equal(backups().length, 3);
    await last.platform.stop();
  });
});
