/** The address of PostgreSQL: one host or several, and what is refused. */
import assert from 'node:assert/strict';
import { parsePostgresAddress, shownAddress, withDatabase } from '#core/database/postgres-address.ts';

const TWO = 'postgres://me:p%2Cw@one:5432,two:5433/shop?sslmode=require&target_session_attrs=read-write';

describe('the address of PostgreSQL', () => {
  it('is one for each host, without what is ours to mind', () => {
    assert.deepEqual(parsePostgresAddress(TWO), {
      servers: [
        'postgres://me:p%2Cw@one:5432/shop?sslmode=require',
        'postgres://me:p%2Cw@two:5433/shop?sslmode=require',
      ],
      needsPrimary: true,
    });
    assert.deepEqual(parsePostgresAddress('postgresql://one/shop'), {
      servers: ['postgresql://one/shop'],
      needsPrimary: false,
    });
    assert.equal(parsePostgresAddress('postgres://one,two/shop').needsPrimary, true);
    assert.equal(parsePostgresAddress('postgres://[::1]:5432,[::2]/shop').servers.length, 2);
    assert.deepEqual(parsePostgresAddress('/var/run/postgresql shop').servers, ['/var/run/postgresql shop']);
  });

  it('is refused with a sentence, and without its password', () => {
    for (const wrong of [
      'postgres://me:s3#cret@one/shop',
      'postgres://me:s3cret@one:54x2,two/shop',
      'postgres://me:a/b@one/shop',
    ]) {
      assert.throws(
        () => parsePostgresAddress(wrong, 'database.direct'),
        ({ message }: Error) => /^database\.direct is not a whole address/.test(message) && !message.includes('s3'),
      );
    }
    assert.throws(() => parsePostgresAddress('postgres://one,two/shop?target_session_attrs=standby'), /take no writes/);
  });

  it('names another database on the same servers, and is shown without who comes in', () => {
    assert.equal(withDatabase(TWO, 'other').split('?')[0], 'postgres://me:p%2Cw@one:5432,two:5433/other');
    assert.equal(withDatabase('postgres://one/shop', 'other'), 'postgres://one/other');
    assert.equal(shownAddress(TWO), 'one:5432,two:5433/shop');
  });
});
