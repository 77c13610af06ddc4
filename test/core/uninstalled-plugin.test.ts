/** A plugin of somebody else in backups: what PostgreSQL generates, and what is left when the plugin is gone. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInPlugins } from '#core/plugins.ts';
import { onInstallation, temporaryFolder } from '#test/support/backups.ts';
import { dropDatabase, freshDatabase, startPlatform, testDatabase } from '#test/support/harness.ts';

const isPostgres = testDatabase === 'pg';
const UP = isPostgres
  ? [
      'create sequence gen_numbers',
      `create table gen_notes (id integer generated always as identity primary key, title text,
         number integer default nextval('gen_numbers'),
         words tsvector generated always as (to_tsvector('simple', title)) stored)`,
      'create table gen_lines (note integer references gen_notes (id))',
    ]
  : [
      'create table gen_notes (id integer primary key, title text, number integer)',
      'create table gen_lines (note integer references gen_notes (id))',
    ];

describe('a plugin of somebody else', () => {
  const folder = temporaryFolder();
  const plugin = join(folder, 'gen');
  const environment = (isOn: boolean): NodeJS.ProcessEnv => {
    const file = join(folder, isOn ? 'on.yaml' : 'off.yaml');
    const off = builtInPlugins().map((name) => `  ${name}: { enabled: false }\n`);
    writeFileSync(file, `plugins:\n${off.join('')}${isOn ? `  ${plugin}: {}\n` : ''}`);
    return { PATCHBAY_CONFIG: file };
  };
  let dataDir: string;
  let database: Record<string, unknown>;
  let archive: string;

  before(async () => {
    mkdirSync(join(plugin, 'migrations'), { recursive: true });
    const migrations = "new URL('./migrations/', import.meta.url)";
    writeFileSync(join(plugin, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(plugin, 'index.js'),
      `export default { name: 'gen', summary: 'Keeps notes', migrations: ${migrations} };`,
    );
    const up = UP.map((sql) => `await db.raw(${JSON.stringify(sql)});`).join(' ');
    writeFileSync(
      join(plugin, 'migrations', '0001-gen.js'),
      `export async function up(db) { ${up} }\nexport async function down() {}\n`,
    );
    const app = await startPlatform({ plugins: { [plugin]: {} }, database: await freshDatabase() });
    ({ dataDir } = app);
    database = { ...app.services.coreConfig.database };
    await app.services.db.write.raw("insert into gen_notes (title) values ('one note'), ('another')");
    await app.services.db.write.raw('insert into gen_lines values (2)');
    await app.platform.stop();
    archive = join(folder, 'backup.tar.gz');
    const { code, err } = await onInstallation(['backup', archive], dataDir, database, environment(true));
    assert.deepEqual([code, err], [0, '']);
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    rmSync(dataDir, { recursive: true });
    await dropDatabase(database);
  });

  const restored = async (args: string[], isOn: boolean) => {
    const target = join(temporaryFolder(), 'data');
    const empty = await freshDatabase();
    const result = await onInstallation(['restore', archive, ...args], target, empty, environment(isOn));
    return { ...result, target, empty };
  };

  it('has its rows back, with what is generated and numbers that go on', async () => {
    const { code, err, target, empty } = await restored([], true);
    assert.deepEqual([code, err], [0, '']);
    const app = await startPlatform({ plugins: { [plugin]: {} }, database: empty, dataDir: target });
    const { db } = app.services;
    await db.write.raw("insert into gen_notes (title) values ('a third')");
    const notes = await db
      .read('gen_notes' as 'core_jobs')
      .orderBy('id')
      .select('id', 'title' as 'id');
    assert.deepEqual(notes, [
      { id: 1, title: 'one note' },
      { id: 2, title: 'another' },
      { id: 3, title: 'a third' },
    ]);
    if (isPostgres) {
      const { rows } = await db.read.raw("select number from gen_notes where words @@ to_tsquery('simple', 'third')");
      assert.deepEqual(rows, [{ number: 3 }]);
    }
    await app.stop();
  }).timeout(60_000);

  it('that is gone is named by the backup, and left out by the restore when that is wanted', async () => {
    const later = join(folder, 'later.tar.gz');
    const { code, err } = await onInstallation(['backup', later], dataDir, database, environment(false));
    assert.equal(code, 0, err);
    if (!isPostgres) return assert.equal(err, '');
    assert.match(err, /tables of plugins that are not enabled \(gen\).*--without gen/);
    const refused = await restored([], false);
    assert.match(refused.err, /holds data of the plugin 'gen', which is not enabled.*--without gen/);
    await dropDatabase(refused.empty);
    const without = await restored(['--without', 'gen'], false);
    assert.deepEqual([without.code, without.err], [0, '']);
    assert.match(without.out, /Left out, as was asked for: 1 rows of gen_lines, 2 rows of gen_notes/);
    await dropDatabase(without.empty);
  }).timeout(60_000);

  it('that is gone has its tables deleted by its name, and nobody else theirs', async () => {
    const drop = (isOn: boolean, name = 'gen') =>
      onInstallation(['migrate', '--drop', name], dataDir, database, environment(isOn));
    assert.match((await drop(true)).err, /'gen' is enabled/);
    assert.match((await drop(false, 'core')).err, /'core' is enabled/);
    assert.match((await drop(false, 'nobody')).err, /nothing of a plugin 'nobody'/);
    const down = ['migrate', '--down', '1', '--plugin', 'gen'];
    assert.match((await onInstallation(down, dataDir, database, environment(false))).err, /--drop gen/);
    const dropped = await drop(false);
    assert.match(dropped.out, /Deleted 2 tables of 'gen': gen_lines, gen_notes/, dropped.err);
    const app = await startPlatform({ plugins: [], database, dataDir });
    const { db } = app.services;
    assert.equal(await db.read.schema.hasTable('gen_notes'), false);
    assert.equal(await db.read.schema.hasTable('core_jobs'), true);
    await app.platform.stop();
  }).timeout(60_000);
});
