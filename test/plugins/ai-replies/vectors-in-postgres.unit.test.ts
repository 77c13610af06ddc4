/**
 * Vectors that PostgreSQL compares by its extension `vector`. Few servers have it, the one that tests start has not: this is
 * PostgreSQL in WebAssembly, which brings it.
 */
import assert from 'node:assert/strict';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import knex from 'knex';
import { createComparison } from '#plugins/ai-replies/knowledge/vectors/comparison.ts';

const PostgresClient: typeof knex.Client = knex({ client: 'pg' }).client.constructor;

/** Knex on a database in this process, which has no connections. */
function knexOn(database: PGlite) {
  class InProcess extends PostgresClient {
    override async acquireRawConnection() {
      return database;
    }
    override async destroyRawConnection() {}
    async checkVersion() {
      return '18';
    }
    async _query(connection: PGlite, query: { sql: string; bindings?: unknown[]; response?: unknown }) {
      query.response = await connection.query(query.sql, query.bindings);
      return query;
    }
  }
  return knex({ client: InProcess, connection: {} });
}

describe('vectors in PostgreSQL', () => {
  const database = new PGlite({ extensions: { vector } });
  const db = knexOn(database);
  const asked: string[] = [];
  const comparison = createComparison({
    db: { client: 'pg', read: db, write: db },
    log: { info: (about: object, text: string) => asked.push(`${text} ${JSON.stringify(about)}`) },
    notices: { on: () => {}, onGap: () => {}, sendNow: () => {} },
    config: { knowledge: { vectorCacheMb: 1 } },
  } as any);

  before(async function () {
    // Beside other tests its WebAssembly is compiled for longer than a test usually takes.
    this.timeout(120_000);
    await database.exec(`create table ai_replies_vectors
      (chunk bigint primary key, base bigint, model text, dimensions integer, vector real[])`);
    const rows = [
      [1, 1, 'm', 2, '{1,0}'],
      [2, 1, 'm', 2, '{0,1}'],
      [3, 2, 'm', 2, '{0.6,0.8}'],
      [4, 3, 'm', 2, '{0.6,0.8}'],
      [5, 1, 'other', 2, '{0.6,0.8}'],
      [6, 1, 'm', 3, '{0.6,0.8,0}'],
    ];
    for (const row of rows) await database.query('insert into ai_replies_vectors values ($1, $2, $3, $4, $5)', row);
  });
  after(async () => {
    await comparison.stop();
    await db.destroy();
    await database.close();
  });

  it('are compared by the extension, which is made when the server offers it', async () => {
    assert.equal(await comparison.by(), 'database', asked.join('\n'));
    const found = await comparison.nearest({
      bases: [1, 2],
      model: 'm',
      vector: Float32Array.from([0.6, 0.8]),
      limit: 2,
    });
    assert.deepEqual(
      found.map(({ chunk, similarity }) => [chunk, Number(similarity.toFixed(3))]),
      [
        [3, 1],
        [2, 0.8],
      ],
    );
  });
});
