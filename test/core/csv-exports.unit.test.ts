/** Exports of lists beside each other: a few pages at one time, and none for who does not read. */
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { csvOf } from '#core/lists/csv.ts';
import { sortingOf } from '#core/lists/sorting.ts';

const ROWS = 1_000;

describe('exports of lists', () => {
  let db: Knex;
  let atOnce = 0;
  let most = 0;
  before(async () => {
    db = knex({ client: 'sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true });
    await db.schema.createTable('things', (table) => {
      table.increments('id');
      table.string('name');
    });
    const things = Array.from({ length: ROWS }, (_, index) => ({ name: index === 0 ? '=1+1' : `thing ${index}` }));
    await db.batchInsert('things', things, 400);
  });
  after(() => db.destroy());

  const order = sortingOf(
    { id: { type: 'integer', sort: true } },
    { key: 'id', keyType: undefined, preferred: 'id' },
  ).of(undefined, undefined, undefined);
  const exported = (rows: Knex.QueryBuilder = db('things')) =>
    csvOf<{ id: number; name: string }, { id: number; name: string }>({
      rows,
      order,
      fields: ['id', 'name'],
      async shown(found) {
        most = Math.max(most, ++atOnce);
        await pause(1);
        atOnce--;
        return found;
      },
    });

  it('have all rows once, a header, and no formulas', async () => {
    const lines = (await text(exported())).trimEnd().split('\n');
    assert.equal(lines.length, ROWS + 1);
    assert.deepEqual(lines.slice(0, 3), ['id,name', "1,'=1+1", '2,thing 1']);
    assert.equal(await text(exported(db('things').where({ name: 'none' }))), 'id,name\n');
  });

  it('take turns, though many are asked for at once and some are not read', async () => {
    const unread = Array.from({ length: 8 }, () => exported());
    for (const one of unread) one.read();
    most = 0;
    const whole = await Promise.all(Array.from({ length: 20 }, () => text(exported())));
    assert.equal(new Set(whole).size, 1);
    assert.ok(most <= 4, `${most} pages at once`);
  });
});
