/** Statements and transactions of SQLite past what Knex does around them: everything that can be seen of Knex stays. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { type Connections, connect } from '#core/database/connect.ts';
import { createLog } from '#core/observability/log.ts';

const CONFIG = {
  client: 'sqlite3',
  connection: null,
  direct: null,
  readers: 2,
  poolSize: 4,
  silenceSeconds: 8,
} as const;
const MANY = 40;

interface Pool {
  numUsed(): number;
  numPendingAcquires(): number;
}

describe('a quick connection of SQLite', () => {
  let folder: string;
  let connections: Connections;
  let write: Knex;
  let read: Knex;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quick-'));
    const config = { ...CONFIG, walLimitMb: 64, longestReadSeconds: 30 };
    connections = await connect(config, folder, createLog({ level: 'silent' }));
    ({ write, read } = connections);
    await write.schema.createTable('words', (table) => {
      table.increments('id');
      table.string('word').unique();
    });
  });
  beforeEach(() => write('words').delete());
  after(async () => {
    await connections.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const words = (): Promise<string[]> => read('words').orderBy('id').pluck('word');
  const used = ({ client }: Knex): number => (client.pool as Pool).numUsed();

  it('gives what Knex gives', async () => {
    assert.deepEqual(await write('words').insert({ word: 'one' }).returning('word'), [{ word: 'one' }]);
    assert.equal(await write('words').where({ word: 'one' }).update({ word: 'two' }), 1);
    assert.deepEqual(await read('words').first('word'), { word: 'two' });
    assert.deepEqual(await read.raw('select word from words where word = ?', ['two']), [{ word: 'two' }]);
    assert.deepEqual(await read('words').count({ value: '*' }), [{ value: 1 }]);
    assert.equal(await write.schema.hasTable('words'), true);
    assert.equal(await write('words').delete(), 1);
    await assert.rejects(read('nowhere').where({ id: 7 }), /select \* from `nowhere` where `id` = \? - SQLITE_ERROR/);
  });

  it('serves many who wait for few connections, each in its turn, and has all of them back', async () => {
    await write('words').insert({ word: 'here' });
    const order: number[] = [];
    const all = Array.from({ length: MANY }, async (_, place) => {
      await write.raw('select 1');
      order.push(place);
      assert.equal((await read('words').first())?.word, 'here');
    });
    await Promise.resolve().then(() => {});
    const waiting = (write.client.pool as Pool).numPendingAcquires();
    await Promise.all(all);
    assert.ok(waiting > 0, 'who waits is counted');
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
    assert.equal(used(read) + used(write), 0);
  });

  it('opens another one in place of one that is no good any more, also for who waits', async () => {
    const { client } = read;
    const bad = [await client.acquireConnection(), await client.acquireConnection()];
    const waiting = Promise.all([words(), words(), words()]);
    for (const one of bad) one.__knex__disposed = new Error('gone');
    for (const one of bad) await client.releaseConnection(one);
    assert.deepEqual(await waiting, [[], [], []]);
    assert.equal(used(read), 0);
  });

  it('tells whoever listens of every statement, in transactions too', async () => {
    const heard: string[] = [];
    const note = ({ sql }: { sql: string }): void => void heard.push(sql);
    write.on('query', note);
    await write.transaction((trx) => trx('words').insert({ word: 'told' }));
    write.removeListener('query', note);
    await write('words').where({ word: 'nobody' }).delete();
    assert.deepEqual(heard, ['BEGIN;', 'insert into `words` (`word`) values (?)', 'COMMIT;']);
  });

  it('commits what has ended well, and nothing of what throws', async () => {
    const ended: string[] = [];
    const given = await write.transaction(async (trx) => {
      void trx.executionPromise.then(() => ended.push('committed'));
      await trx('words').insert({ word: 'kept' });
      assert.equal(trx.isTransaction, true);
      assert.equal(trx.isCompleted(), false);
      return 'given';
    });
    assert.equal(given, 'given');
    const broken = write.transaction(async (trx) => {
      trx.executionPromise.catch(() => ended.push('rolled back'));
      await trx.insert({ word: 'lost' }).into('words');
      throw new Error('no');
    });
    await assert.rejects(broken, /^Error: no$/);
    const unique = write.transaction(async (trx) => {
      await trx('words').insert({ word: 'lost too' });
      await trx('words').insert({ word: 'kept' });
    });
    await assert.rejects(unique, /UNIQUE constraint failed/);
    assert.deepEqual(await words(), ['kept']);
    assert.deepEqual(ended, ['committed', 'rolled back']);
    assert.equal(used(write), 0);
  });

  it('does nothing for a transaction that is over', async () => {
    let late: Knex.Transaction | undefined;
    await write.transaction(async (trx) => {
      late = trx;
    });
    assert.equal(late?.isCompleted(), true);
    await assert.rejects(async () => late?.('words').insert({ word: 'late' }), /The transaction is over/);
    await write.transaction(async (trx) => {
      await assert.rejects(async () => late?.('words').insert({ word: 'late' }), /The transaction is over/);
      await trx('words').insert({ word: 'in time' });
    });
    assert.deepEqual(await words(), ['in time']);
  });

  it('rolls back what is nested alone, when that alone throws', async () => {
    await write.transaction(async (trx) => {
      await trx('words').insert({ word: 'outside' });
      const inside = trx.transaction(async (nested) => {
        await nested('words').insert({ word: 'inside' });
        throw new Error('no');
      });
      await assert.rejects(inside, /no/);
      await trx.savepoint((nested) => nested('words').insert({ word: 'beside' }));
    });
    assert.deepEqual(await words(), ['outside', 'beside']);
  });
});
