/** Totals, parts of texts, and work in steps: what lists and sweeps of many rows stand on. */
import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { deleteBelow, deleteInSteps } from '#core/database/chunked-work.ts';
import {
  dropSubstrings,
  indexSubstrings,
  searchAdvice,
  whereContains,
  whereContainsOrdered,
} from '#core/database/substrings.ts';
import { totalOf } from '#core/database/totals.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const NAMES = { table: 'many_names', columns: ['first', 'last'] };

describe('a table with many rows', () => {
  let app: TestPlatform;
  let db: Knex;
  before(async () => {
    app = await startPlatform();
    db = app.services.db.write;
    await db.schema.createTable('many_names', (table) => {
      table.increments('id');
      table.string('first', 100);
      table.string('last', 100);
      table.integer('number').index();
    });
    await db('many_names').insert({ first: 'Ada', last: 'Lovelace', number: 0 });
    await indexSubstrings(db, NAMES);
  });
  after(() => app.stop());

  const rows = (): Knex.QueryBuilder => db.queryBuilder().from('many_names');
  const names = () => rows().select('many_names.*').orderBy('many_names.id', 'desc');
  const found = async (text: string): Promise<string[]> => {
    const query = names();
    await whereContains(query, NAMES, text);
    return (await query).map(({ first }: { first: string }) => first);
  };

  it('finds rows by any part of their texts, whatever the case, as they are now', async () => {
    await rows().insert([
      { first: 'Grace', last: 'Hopper_100%', number: 0 },
      { first: 'Édith', last: null, number: 0 },
    ]);
    assert.deepEqual(await found('OVELA'), ['Ada']);
    assert.deepEqual(await found('r_100%'), ['Grace']);
    assert.deepEqual(await found('a'), ['Grace', 'Ada'], 'a short text is looked for in the rows, newest first');
    assert.deepEqual(await found('hopper_200'), [], 'not by some of its letters alone');
    assert.deepEqual(await found('"; drop'), []);
    assert.deepEqual(await found('daLove'), [], 'a text does not go on from one column to the next');
    await rows().where({ first: 'Ada' }).update({ last: 'King' });
    await rows().where({ first: 'Grace' }).delete();
    assert.deepEqual([await found('lovelace'), await found('king'), await found('hopper')], [[], ['Ada'], []]);
  });

  if (testDatabase === 'sqlite3') {
    it('finds letters beyond ASCII whatever the case, and looks up only few of a long text', async () => {
      const statements: string[] = [];
      const note = ({ sql, bindings }: { sql: string; bindings: unknown[] }) => {
        if (sql.includes('cross join')) statements.push(...bindings.filter((one) => typeof one === 'string'));
      };
      db.on('query', note);
      assert.deepEqual(await found('éDITH'), ['Édith']);
      await rows().insert({ first: 'Wilhelmina', last: '', number: 0 });
      assert.deepEqual(await found('ilHELMINA'), ['Wilhelmina']);
      await rows().where({ first: 'Wilhelmina' }).delete();
      db.removeListener('query', note);
      assert.equal(statements[0], '"édith"');
      assert.match(statements[1] ?? '', /^"..." AND "..." AND "..."$/);
    });

    it('keeps nothing of a deleted text in the index', async () => {
      await rows().insert({ first: 'Zyxwvut', last: '', number: 0 });
      await rows().where({ first: 'Zyxwvut' }).delete();
      const blocks: { block: Buffer }[] = await db.raw('select block from many_names_substrings_data');
      assert.ok(!blocks.some(({ block }) => block.includes('yxw')), 'no trigram of it is left');
    });
  }

  if (testDatabase === 'pg') {
    it('is searched without the extension where it is refused, and the operator is told', async () => {
      assert.deepEqual(await searchAdvice(db), []);
      const undone = new Error('Everything is undone');
      const without = db.transaction(async (trx) => {
        await trx.raw('drop extension pg_trgm cascade');
        await trx.raw('create role without_extensions');
        await trx.raw('grant create, usage on schema public to without_extensions');
        await trx.raw('set local role without_extensions');
        await trx.schema.createTable('few_names', (table) => {
          table.increments('id');
          table.string('first', 100);
        });
        const few = { table: 'few_names', columns: ['first'] };
        await indexSubstrings(trx, few);
        await trx.queryBuilder().from('few_names').insert({ first: 'Grace' });
        const query = trx.queryBuilder().from('few_names').select('few_names.*').orderBy('few_names.id', 'desc');
        await whereContains(query, few, 'RAC');
        assert.equal((await query).length, 1);
        assert.match((await searchAdvice(trx)).join(), /pg_trgm/);
        await dropSubstrings(trx, few);
        throw undone;
      });
      await assert.rejects(without, undone);
    });
  }

  it('finds them in another order too, few by the index and many in the rows', async () => {
    const inOrder = async (text: string): Promise<string[]> => {
      const query = rows().orderBy('first').limit(2);
      await whereContainsOrdered(query, NAMES, text);
      return (await query).map(({ first }: { first: string }) => first);
    };
    await rows().insert(['Berthold', 'Bertha'].map((first) => ({ first, last: 'Zimt', number: 5 })));
    assert.deepEqual(await inOrder('ERTH'), ['Bertha', 'Berthold']);
    const same = Array.from({ length: 300 }, (_, index) => ({ first: `A-berthed ${index}`, last: '', number: 5 }));
    for (let times = 0; times < 17; times++) await rows().insert(same);
    assert.deepEqual(await inOrder('berth'), ['A-berthed 0', 'A-berthed 0']);
    assert.deepEqual(await inOrder('bertho'), ['Berthold']);
    await rows().where({ number: 5 }).delete();
  });

  it('loses its index of texts again', async () => {
    await dropSubstrings(db, NAMES);
    await rows().where({ first: 'Édith' }).update({ last: 'Piaf' });
  });

  it('is counted whole, also beyond what is counted each time, and the number follows', async () => {
    const before = await totalOf(names());
    assert.equal(before, 2);
    const some = Array.from({ length: 300 }, (_, index) => ({ first: `n${index}`, last: '', number: 1 }));
    for (let times = 0; times < 40; times++) await rows().insert(some);
    assert.equal(await totalOf(names()), 12_002);
    assert.equal(await totalOf(names().where({ first: 'n7' })), 40);
  });

  it('is deleted in steps, with what somebody changes at this moment', async () => {
    const { db: database } = app.services;
    await rows().insert(Array.from({ length: 20 }, (_, index) => ({ first: `m${index}`, last: '', number: 9 })));
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const changing = database.transaction(async (trx) => {
      await trx.from('many_names').where({ first: 'm3' }).update({ last: 'changed' });
      begun.resolve();
      await held.promise;
    });
    await begun.promise;
    const deleting = deleteInSteps(database, 'many_names', 'id', (some) => some.where({ number: 9 }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    held.resolve();
    await changing;
    assert.equal(await deleting, 20);
    assert.equal(await totalOf(names().where({ number: 9 })), 0);
  });

  it('is swept in steps, all of it and nothing else', async () => {
    const deleted = await deleteBelow(app.services.db, 'many_names', 'number', 1);
    assert.equal(deleted, 2);
    assert.equal(await deleteBelow(app.services.db, 'many_names', 'number', 2), 12_000);
    assert.equal(await totalOf(names()), 0);
  });
});
