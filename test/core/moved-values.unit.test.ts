/** Values on their way from one kind of database to the other: what is the same there, and what becomes of what one cannot hold. */
import assert from 'node:assert/strict';
import {
  type Column,
  compared,
  fromJson,
  fromPostgres,
  fromSqlite,
  type Kind,
  kindOfDeclared,
  kindOfPostgres,
  type SqliteValue,
  toSqlite,
} from '#core/move/kinds.ts';
import { createRowSummer } from '#core/move/row-sum.ts';

const column = (kind: Kind, scale: number | null = null): Column => ({ name: 'any', kind, scale });

describe('values of a move', () => {
  const same: [Kind, SqliteValue, string, SqliteValue?][] = [
    ['integer', 9_223_372_036_854_775_807n, '9223372036854775807'],
    ['integer', -5n, '-5'],
    ['float', 0.1, '0.1'],
    ['boolean', 1n, 't'],
    ['boolean', 0n, 'f'],
    ['text', 'a\tb\\N 漢', 'a\tb\\N 漢'],
    ['text', '', ''],
    ['bytes', Buffer.from([0, 255]), '\\x00ff'],
    ['time', 1_750_000_000_123n, '2025-06-15 15:06:40.123+00'],
    ['date', '2026-02-28', '2026-02-28'],
    ['decimal', '19.9', '19.90'],
    ['vector', Buffer.from(Float32Array.from([0.1, -2]).buffer), '{0.1,-2}'],
    ['vector', Buffer.alloc(0), '{}'],
  ];
  for (const [kind, inSqlite, inPostgres] of same) {
    it(`are one on both sides, and there and back: ${kind} ${inPostgres}`, () => {
      const value = fromSqlite(inSqlite, column(kind, 2));
      assert.equal(value, fromPostgres(inPostgres, column(kind, 2)));
      const back = toSqlite(value, column(kind, 2));
      assert.deepEqual(fromSqlite(back, column(kind, 2)), value);
      if (inSqlite instanceof Uint8Array) assert.deepEqual(Buffer.from(back as Uint8Array), inSqlite);
      else assert.deepEqual(back, inSqlite);
    });
  }

  it('that PostgreSQL does not take are left out of texts and documents', () => {
    assert.equal(fromSqlite('a\0b\ud800', column('text')), 'ab\ufffd');
    assert.equal(fromSqlite('{"a":"x\\u0000y","b":"\\\\u0000"}', column('json')), '{"a":"xy","b":"\\\\u0000"}');
  });

  it('of documents are compared by what they say', () => {
    const [one, other] = ['{"b": 1, "a": [1, 2]}', '{"a":[1,2],"b":1}'];
    assert.equal(compared(one, column('json')), compared(other, column('json')));
    assert.notEqual(compared(one, column('json')), compared('{"a":[2,1],"b":1}', column('json')));
  });

  it('of times are taken as UTC where they name no zone, in milliseconds or as text', () => {
    const noon = '2026-01-02T12:00:00.000Z';
    assert.equal(fromSqlite('2026-01-02 12:00:00', column('time')), noon);
    assert.equal(fromSqlite(BigInt(Date.parse(noon)), column('time')), noon);
    assert.equal(fromPostgres('2026-01-02 12:00:00', column('time')), noon);
    assert.equal(fromPostgres('2026-01-02 14:00:00.000999+02', column('time')), noon);
    assert.equal(fromPostgres('infinity', column('time')), 'infinity');
  });

  it('of lines of a backup become what their columns hold', () => {
    assert.deepEqual(toSqlite(fromJson('\\x0102', column('bytes')), column('bytes')), Buffer.from([1, 2]));
    const vector = toSqlite(fromJson([0.5, 1], column('bytes')), column('bytes'));
    assert.deepEqual(vector, Buffer.from(Float32Array.from([0.5, 1]).buffer));
    assert.equal(toSqlite(fromJson(true, column('boolean')), column('boolean')), 1n);
    assert.equal(fromJson({ a: 1 }, column('text')), '{"a":1}');
    assert.equal(toSqlite(fromJson('9007199254740993', column('integer')), column('integer')), 9_007_199_254_740_993n);
  });

  it('have a kind for each type that migrations name', () => {
    assert.deepEqual(['int8', 'varchar', 'bytea', 'jsonb', 'inet'].map(kindOfPostgres), [
      'integer',
      'text',
      'bytes',
      'json',
      'other',
    ]);
    assert.deepEqual(
      ['bigint', 'varchar(255)', 'blob', 'datetime', 'float', 'boolean', 'json', 'text'].map(kindOfDeclared),
      ['integer', 'text', 'bytes', 'time', 'float', 'boolean', 'json', 'text'],
    );
  });

  it('have a sum that no order changes, and every change does', () => {
    const columns = [column('text'), column('text')];
    const sumOf = (...rows: (string | null)[][]) => {
      const summer = createRowSummer(columns);
      for (const row of rows) summer.add(row);
      return summer.current();
    };
    const whole = sumOf(['a', 'b'], ['c', null]);
    assert.deepEqual(sumOf(['c', null], ['a', 'b']), whole);
    for (const other of [sumOf(['ab', ''], ['c', null]), sumOf(['a', 'b'], ['c', '']), sumOf(['a', 'b'], ['a', 'b'])])
      assert.notEqual(other.sum, whole.sum);
    const first = createRowSummer(columns);
    first.add(['a', 'b']);
    const goesOn = createRowSummer(columns, first.current());
    goesOn.add(['c', null]);
    assert.deepEqual(goesOn.current(), whole);
  });
});
