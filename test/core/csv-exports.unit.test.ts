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
  let mostOfLane = 0;
  const ofLane = new Map<string, number>();
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
  const exported = (rows: Knex.QueryBuilder = db('things'), lane = 'ada') =>
    csvOf<{ id: number; name: string }, { id: number; name: string }>({
      lane,
      rows,
      order,
      fields: ['id', 'name'],
      async shown(found) {
        most = Math.max(most, ++atOnce);
        ofLane.set(lane, (ofLane.get(lane) ?? 0) + 1);
        mostOfLane = Math.max(mostOfLane, ofLane.get(lane) ?? 0);
        await pause(1);
        atOnce--;
        ofLane.set(lane, (ofLane.get(lane) ?? 0) - 1);
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
    const lanes = Array.from({ length: 20 }, (_, index) => `lane ${index % 7}`);
    const whole = await Promise.all(lanes.map((lane) => text(exported(db('things'), lane))));
    assert.equal(new Set(whole).size, 1);
    assert.ok(most <= 4, `${most} pages at once`);
    assert.equal(mostOfLane, 1, 'one page of a lane');
  });

  it('of one lane, however many, keep no other lane waiting', async () => {
    let left = 30;
    const many = Array.from({ length: left }, () => text(exported()).finally(() => left--));
    await text(exported(db('things'), 'bob'));
    assert.ok(left > 20, `${left} were still under way`);
    await Promise.all(many);
  });
});
