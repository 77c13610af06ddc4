/** Group commit when the database lets it down. */
import assert from 'node:assert/strict';
import { createGroupCommit, defineBatch } from '#core/database/group-commit.ts';
import type { Transaction } from '#core/database/transactions.ts';
import { createLog } from '#core/observability/log.ts';
import { createMetrics } from '#core/observability/metrics.ts';

const double = defineBatch<number, number>({
  name: 'test.double',
  write: async (_, items) => items.map((item) => item * 2),
});

/** A group commit over transactions that a test makes. */
function groupCommitOver(transaction: <T>(work: (trx: Transaction) => Promise<T>) => Promise<T>) {
  const log = createLog({ level: 'silent' });
  return createGroupCommit({ transaction, single: null, log, metrics: createMetrics() });
}

const lively = { isCompleted: () => false } as Transaction;
const completed = { isCompleted: () => true } as Transaction;

describe('group commit', () => {
  it('answers everybody when a transaction could not begin and its work runs all the same', async () => {
    let isFirst = true;
    const { submit } = groupCommitOver((work) => {
      if (!isFirst) return work(lively);
      isFirst = false;
      // What Knex does when the connection is lost at BEGIN: it tells its caller, and calls the work as well.
      work(completed).catch(() => {});
      return Promise.reject(new Error('Connection terminated unexpectedly'));
    });
    const first = submit(double, 1);
    await assert.rejects(first, /Connection terminated/);
    const later = await Promise.all([2, 3, 4].map((item) => submit(double, item)));
    assert.deepEqual(later, [4, 6, 8]);
  });

  it('tells all who wait at once that the database is away, and does not try each of them', async () => {
    let tries = 0;
    const { submit } = groupCommitOver(() => {
      tries++;
      return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    });
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => submit(double, item)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set(['rejected']));
    assert.equal(tries, 1);
  });

  it('goes on after a batch whose statement cannot even be made', async () => {
    const broken = { ...double, statement: () => assert.fail('cannot be made') };
    const log = createLog({ level: 'silent' });
    const { submit } = createGroupCommit({
      transaction: (work) => work(lively),
      single: () => Promise.resolve([]),
      log,
      metrics: createMetrics(),
    });
    assert.equal(await submit(broken, 1), 2);
    assert.equal(await submit(double, 2), 4);
  });

  it('gives what a single statement reads from its rows', async () => {
    const tripled = {
      ...double,
      statement: (items: number[]) => ({
        sql: 'update',
        bindings: items,
        results: (rows: unknown[]) => rows.map((row) => Number(row) * 3),
      }),
    };
    const { submit } = createGroupCommit({
      transaction: () => assert.fail('one statement is no transaction of its own'),
      single: ({ bindings }) => Promise.resolve(bindings),
      log: createLog({ level: 'silent' }),
      metrics: createMetrics(),
    });
    assert.equal(await submit(tripled, 4), 12);
  });
});
