/** `patchbay move`: all of an installation from SQLite to PostgreSQL and back, cut off and gone on with, and compared. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { onInstallation, temporaryFolder } from '#test/support/backups.ts';
import { dropDatabase, freshDatabase, startPlatform } from '#test/support/harness.ts';
import { everything, fill, type Installation, mustBeWhole } from '#test/support/moving.ts';

const SQLITE = { client: 'sqlite3', connection: null };
const MAIN = join(import.meta.dirname, '..', '..', 'core', 'main.ts');

describe('a move', () => {
  let all: Installation;
  let whole: string;
  /** A copy for each test: what is served on the other side goes on from there. */
  let dataDir: string;
  let owner: Awaited<ReturnType<typeof fill>>['owner'];
  const made: Record<string, unknown>[] = [];

  before(async function () {
    this.timeout(300_000);
    all = everything();
    whole = join(all.folder, 'data');
    const app = await startPlatform({ plugins: all.plugins, database: SQLITE, dataDir: whole });
    ({ owner } = await fill(app));
    await app.platform.stop();
  });
  beforeEach(async () => {
    dataDir = join(temporaryFolder(), 'data');
    await cp(whole, dataDir, { recursive: true });
  });
  after(async () => {
    await rm(all.folder, { recursive: true, force: true });
    for (const database of made) await dropDatabase(database);
  });

  const empty = async () => {
    const database = await freshDatabase();
    made.push(database);
    return database;
  };
  const addressOf = (database: Record<string, unknown>) => String(database.connection);
  const move = (to: string, database: Record<string, unknown> = SQLITE, more: string[] = []) =>
    onInstallation(['move', '--to', to, ...more], dataDir, database, all.env);
  const inPostgres = async (database: Record<string, unknown>, sql: string) => {
    const client = new pg.Client({ connectionString: addressOf(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('to PostgreSQL has everything there, which is served from then on; and back to SQLite', async () => {
    const database = await empty();
    const { code, out, err } = await onInstallation(['move'], dataDir, SQLITE, {
      ...all.env,
      PATCHBAY_MOVE_TO: addressOf(database).replace('postgres:', 'pg:'),
    });
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /mail_messages: 2 rows, [0-9a-f]{16}/);
    assert.match(out, /client: pg/);
    const [thing] = await inPostgres(database, 'select * from gen_things where id = 1');
    assert.deepEqual(
      [thing.is_good, thing.facts, String(thing.large), thing.at.getTime(), thing.amount, thing.title],
      [true, { b: 1, a: [null, 'x'] }, '9007199254740991', 1_750_000_000_123, '19.90', 'tab\tline\n\\N ü'],
    );
    const onPostgres = await startPlatform({ plugins: all.plugins, database, dataDir });
    await mustBeWhole(onPostgres, owner);
    const file = join(all.folder, 'back.sqlite3');
    const served = await move(`sqlite:${file}`, database);
    assert.match(served.err, /A server works on this database\. Stop all of them first/);
    assert.equal(existsSync(file), false);
    await onPostgres.platform.stop();

    const back = await move(`sqlite:${file}`, database);
    assert.deepEqual([back.code, back.err], [0, '']);
    assert.ok(back.out.includes(`connection: ${file}`), back.out);
    const onSqlite = await startPlatform({ plugins: all.plugins, database: { ...SQLITE, connection: file }, dataDir });
    await mustBeWhole(onSqlite, owner);
    const [first] = await onSqlite.services.db.read('gen_things' as 'core_jobs').orderBy('id');
    const { bytes, at, is_good } = first as unknown as Record<string, unknown>;
    assert.deepEqual([Buffer.from(bytes as Buffer), at, is_good], [Buffer.from([0, 255, 10]), 1_750_000_000_123, 1]);
    await onSqlite.platform.stop();
  }).timeout(300_000);

  it('into a database that holds something is refused, and leaves it as it is', async () => {
    const database = await empty();
    await inPostgres(database, 'create table someones (id int); insert into someones values (1)');
    const { code, err } = await move(addressOf(database));
    assert.deepEqual(
      [code, err.trim()],
      [1, `patchbay: The other database holds tables already (someones …); a move never overwrites. Name an empty one`],
    );
    assert.deepEqual((await inPostgres(database, 'select * from someones')).length, 1);
    const same = await move(`sqlite:${join(all.folder, 'other.sqlite3')}`);
    assert.match(same.err, /The database is SQLite already/);
    assert.match((await move('mysql://nowhere')).err, /neither postgres/);
  }).timeout(120_000);

  it('that is killed goes on where it stopped, and nothing starts on what is half there', async () => {
    const database = await empty();
    await stoppedAt(addressOf(database), dataDir, all.env);
    const tables = await inPostgres(database, "select to_regclass('core_move') is not null as is_there");
    assert.equal(tables[0].is_there, true);
    await assert.rejects(startPlatform({ plugins: all.plugins, database, dataDir }), /is not finished/);
    const { code, err } = await move(addressOf(database));
    assert.deepEqual([code, err], [0, '']);
    const app = await startPlatform({ plugins: all.plugins, database, dataDir });
    await mustBeWhole(app, owner);
    await app.platform.stop();
  }).timeout(300_000);

  it('is red when a row was altered behind its back, and is begun anew', async () => {
    const database = await empty();
    await stoppedAt(addressOf(database), dataDir, all.env, /Making the indexes of words/);
    await inPostgres(database, "update auth_users set email = 'eve@example.org' where email = 'ada@example.org'");
    const { code, err } = await move(addressOf(database));
    assert.equal(code, 1);
    assert.match(err, /auth_users has all \d+ rows, and not all of them are the same/);
    const anew = await move(addressOf(database), SQLITE, ['--start-over']);
    assert.deepEqual([anew.code, anew.err], [0, '']);
  }).timeout(300_000);

  it('notices that a server has worked on the source meanwhile', async () => {
    const database = await empty();
    await stoppedAt(addressOf(database), dataDir, all.env, /Making the indexes of words/);
    const source = new DatabaseSync(join(dataDir, 'patchbay.sqlite3'));
    source.exec("insert into gen_lines (name, thing) values ('new', 1)");
    source.close();
    const { code, err } = await move(addressOf(database));
    assert.equal(code, 1);
    assert.match(err, /gen_lines has 3 rows now, and 2 were copied/);
  }).timeout(300_000);

  it('notices rows of the source that have become others meanwhile, as many as they were', async () => {
    const database = await empty();
    await stoppedAt(addressOf(database), dataDir, all.env, /Making indexes/);
    const source = new DatabaseSync(join(dataDir, 'patchbay.sqlite3'));
    source.exec("update auth_users set email = 'eve@example.org' where email = 'ada@example.org'");
    source.close();
    const { code, err } = await move(addressOf(database));
    assert.equal(code, 1);
    assert.match(err, /auth_users has other rows now than were copied/);
    // Of several servers the one that takes writes, as the server itself is started with.
    const several = addressOf(database).replace(/@([^/]+)/, '@127.0.0.1:1,$1');
    const anew = await move(several, SQLITE, ['--start-over']);
    assert.deepEqual([anew.code, anew.err], [0, '']);
    assert.match(anew.out, /connection: postgres:\/\/[^\n]*@127\.0\.0\.1:1,/);
    const [row] = await inPostgres(database, "select count(*)::int as count from auth_users where email like 'eve@%'");
    assert.equal(row.count, 1);
  }).timeout(300_000);

  it('brings the files to another data folder as well', async () => {
    const database = await empty();
    const elsewhere = join(temporaryFolder(), 'data');
    const { code, err } = await move(addressOf(database), SQLITE, ['--data-dir', elsewhere]);
    assert.deepEqual([code, err], [0, '']);
    assert.ok(existsSync(join(elsewhere, 'secrets.json')));
    const app = await startPlatform({ plugins: all.plugins, database, dataDir: elsewhere });
    const { body } = await app.http.bearer('').get('/health/ready');
    assert.equal(body.ok ?? body.status !== undefined, true);
    await app.platform.stop();
  }).timeout(300_000);
});

/** Runs the command until it says this, and kills it. */
async function stoppedAt(to: string, dataDir: string, env: NodeJS.ProcessEnv, said = /Copying/): Promise<void> {
  const command = spawn(process.execPath, [MAIN, 'move', '--to', to], {
    env: { PATH: process.env.PATH, PATCHBAY_DATADIR: dataDir, PATCHBAY_DATABASE: JSON.stringify(SQLITE), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  command.stdout.on('data', (bytes) => {
    text += bytes;
    if (said.test(text)) command.kill('SIGKILL');
  });
  await once(command, 'exit');
  assert.match(text, said);
}
