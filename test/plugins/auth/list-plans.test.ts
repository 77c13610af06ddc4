/** Lists of core and auth are answered by indexes: each order without sorting, each text without reading everything. */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

interface Statement {
  sql: string;
  bindings: unknown[];
}

const SORTED = /TEMP B-TREE|(?<!Incremental )Sort {2}\(|Seq Scan/;

const forged = (wish: string, value: unknown, key: unknown) =>
  Buffer.from(JSON.stringify([2, wish, 0, value, key])).toString('base64url');

describe('the plans of lists', () => {
  let app: TestPlatform;
  let root: Client;
  let owner: Client;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig } });
    root = app.http.bearer(ROOT_TOKEN);
    owner = (await register(app)).http;
  });
  after(() => app.stop());

  /** How the database reads the page that a list shows. */
  async function planOf(client: Client, path: string, isOrdered = true): Promise<string> {
    const { db } = app.services;
    const table = /from [`"](\w+)[`"]/;
    const found: Statement[] = [];
    const note = ({ sql, bindings }: Statement) => void found.push({ sql, bindings });
    db.read.on('query', note);
    const { status, text } = await client.get(path);
    db.read.removeListener('query', note);
    assert.equal(status, 200, text);
    const page = found.find(({ sql }) => table.test(sql) && /order by .* limit/.test(sql));
    assert.ok(page, `${path} reads no page:\n${found.map(({ sql }) => sql).join('\n')}`);
    const sql = isOrdered ? page.sql : page.sql.replace(/ order by (?!.* order by ).*$/, '');
    const bindings = isOrdered ? page.bindings : page.bindings.slice(0, -1);
    return db.transaction(async (trx) => {
      if (db.client === 'pg') {
        await trx.raw('set local enable_seqscan = off');
        await trx.raw('set local enable_sort = off');
        const { rows } = await trx.raw(`explain ${numbered(sql)}`, bindings as never);
        return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
      }
      const rows: { detail: string }[] = await trx.raw(`explain query plan ${sql}`, bindings as never);
      return rows.map(({ detail }) => detail).join('\n');
    });
  }

  /** Knex tells PostgreSQL's placeholders, and takes its own. */
  function numbered(sql: string): string {
    return sql.replaceAll(/\$\d+/g, '?');
  }

  const ORDERS: [string, string, boolean][] = [
    ['/api/platform/jobs', 'run_at', false],
    ['/api/platform/jobs', 'created_at', false],
    ['/api/platform/cron/runs', 'started_at', false],
    ['/api/platform/operations', 'begun_at', false],
    ['/api/platform/auth/users', 'created_at', true],
    ['/api/platform/auth/tenants', 'created_at', false],
    ['/api/platform/auth/tenants', 'name', false],
    ['/api/platform/auth/api-keys', 'created_at', true],
    ['/api/platform/auth/audit', 'created_at', true],
    ['/api/platform/auth/invitations', 'created_at', true],
    ['/api/platform/auth/sessions', 'last_used_at', true],
  ];

  for (const [path, sort, isOfTenant] of ORDERS) {
    it(`${path} is not sorted by ${sort}, but read in its order`, async () => {
      const isOwn = /invitations|sessions/.test(path);
      const clients = [...(isOwn ? [] : [root]), ...(isOfTenant ? [owner] : [])];
      const key = path.endsWith('sessions') ? 'x' : 5;
      const cursor = `cursor=${forged(sort, sort === 'name' ? 'x' : 5, key)}`;
      for (const client of clients) {
        for (const query of [`sort=${sort}`, `sort=-${sort}`, cursor]) {
          const plan = await planOf(client, `${path}?${query}`);
          assert.doesNotMatch(plan, SORTED, `${path}?${query}\n${plan}`);
        }
      }
    });
  }

  it('find texts by their index', async () => {
    const beginnings = [
      [root, '/users?email=ab', /auth_users_(of_tenant_)?email/],
      [owner, '/users?email=ab', /auth_users_of_tenant_email_begins/],
      [owner, '/invitations?email=ab', /auth_invitations_email_begins/],
    ] as const;
    for (const [client, path] of beginnings) {
      for (const more of ['', `&cursor=${forged('email', 'abc', 5)}`]) {
        const plan = await planOf(client, `/api/platform/auth${path}${more}`);
        assert.doesNotMatch(
          plan,
          SORTED,
          `${path}${more}
${plan}`,
        );
      }
    }
    // PostgreSQL chooses by what there is, and here is nearly nothing.
    const parts = [
      [root, '/users?search=abc', /auth_users_substrings/],
      [root, '/tenants?search=abc', /auth_tenants_substrings/],
    ] as const;
    for (const [client, path, index] of [...beginnings, ...(app.services.db.client === 'pg' ? [] : parts)]) {
      const plan = await planOf(client, `/api/platform/auth${path}`, false);
      assert.match(plan, index, `${path}\n${plan}`);
    }
  });

  it('have orders of columns that are never null', async () => {
    const { db } = app.services;
    for (const [table, columns] of Object.entries({
      core_jobs: ['id', 'run_at'],
      core_cron_runs: ['started_at'],
      core_operations: ['begun_at'],
      auth_users: ['created_at'],
      auth_tenants: ['created_at', 'name'],
      auth_api_keys: ['created_at'],
      auth_audit_entries: ['at'],
      auth_invitations: ['created_at'],
      auth_sessions: ['last_used_at'],
    })) {
      const info: Record<string, { nullable: boolean }> = (await db.read(table).columnInfo()) as never;
      for (const column of columns)
        assert.ok(column === 'id' || info[column]?.nullable === false, `${table}.${column}`);
    }
  });
});
