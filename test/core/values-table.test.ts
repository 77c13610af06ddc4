/** Rows that a statement is given: the same on both databases. */
import assert from 'node:assert/strict';
import { rowsOf } from '#core/database/insert-many.ts';
import { insertRows, rowsToInsert, valuesTable } from '#core/database/values-table.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const COLUMNS = ['name', 'number'];

describe('rows that a statement is given', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform();
    await app.services.db.write.schema.createTable('things', (table) => {
      table.increments('id');
      table.text('name').unique();
      table.bigInteger('number');
    });
  });
  after(() => app.stop());

  it('are stored in their order, as they would be one by one', async () => {
    const { db } = app.services;
    const rows = [
      ['z', 1_763_866_000_000],
      ['', null],
      ['"quoted" \\\\ud800 😀 你好\n', -1],
      ['half \ud83d a pair', 0],
      ['12', 2],
    ];
    const ids = await db.transaction((trx) => insertRows(trx, 'things', COLUMNS, rows));
    const stored = await db.read('things').whereIn('id', ids).orderBy('id');
    assert.deepEqual(
      stored.map(({ name, number }) => [name, number === null ? null : Number(number)]),
      rows.map(([name, number]) => [String(name).toWellFormed(), number]),
    );
  });

  it('change what is there already, and are joined with it', async () => {
    const { db } = app.services;
    await db.transaction(async (trx) => {
      await insertRows(trx, 'things', COLUMNS, [['known', 1]]);
      const given = rowsToInsert(trx, 2, [
        ['known', 5],
        ['new', 7],
      ]);
      await trx.raw(
        `insert into things (name, number) ${given.sql} on conflict (name) do update set number = things.number + excluded.number`,
        given.bindings,
      );
      const wanted = valuesTable(trx, 2, [
        [10, 'new'],
        [20, 'known'],
        [30, 'nobody'],
      ]);
      const found = rowsOf<{ place: string | number; number: string | number }>(
        await trx.raw(
          `select given.column1 as place, own.number from ${wanted.sql} as given cross join things own
            where own.name = given.column2`,
          wanted.bindings,
        ),
      );
      const sorted = found
        .map((row) => [Number(row.place), Number(row.number)])
        .sort(([one = 0], [other = 0]) => one - other);
      assert.deepEqual(sorted, [
        [10, 7],
        [20, 6],
      ]);
    });
  });
});
