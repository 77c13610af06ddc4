/** A table that names a tenant or a person says what becomes of its rows when they are gone: none is forgotten. */
import assert from 'node:assert/strict';
import type { OwnedTables } from '#core/events/owned-tables.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PLUGINS = ['auth', 'billing', 'licensing', 'mail', 'robots', 'ai-replies', 'workflows'];
/** Columns that say whose a row is, by the event that tells that they are gone. */
const SAYS_WHOSE: Readonly<Record<string, RegExp>> = {
  'tenant.deleted': /^tenant_id$/,
  'user.deleted': /^(user_id|made_by|assignee|approver_id|invited_by|actor|actor_id)$/,
};
/** Those of ai-replies also belong to robots and contacts of another plugin, those of robots to contacts. */
const OF_OTHERS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  ai_replies_: { 'robot.erased': /^robot_id$/, 'contact.erased': /^contact_id$/ },
  robots_: { 'contact.erased': /^(contact|person|names)$/ },
};
/** Who a tenant or a person is stands there, and goes with the row itself. */
const THEMSELVES = ['auth_users'];
/** What is to be erased, for plugins that were off. */
const NOTES_OF_ERASURES = /^(core_|billing_erased_tenants$)/;

describe('tables', () => {
  let app: TestPlatform;
  let declared: OwnedTables;
  before(async () => {
    app = await startPlatform({ plugins: PLUGINS });
    declared = Object.assign({}, ...app.platform.plugins.map(({ plugin }) => plugin.tables ?? {}));
  });
  after(() => app.stop());

  const columnsOf = async (table: string): Promise<string[]> =>
    Object.keys(await app.services.db.read(table).columnInfo());
  const tables = async (): Promise<string[]> => {
    const rows = await app.services.db.read('sqlite_master').where({ type: 'table' }).select('name');
    return rows.map(({ name }: { name: string }) => name).filter((name) => !NOTES_OF_ERASURES.test(name));
  };

  it('say what becomes of the rows of who is gone', async () => {
    const silent: string[] = [];
    let told = 0;
    for (const table of await tables()) {
      const others = Object.entries(OF_OTHERS).find(([plugin]) => table.startsWith(plugin))?.[1];
      const rules = Object.entries({ ...SAYS_WHOSE, ...others });
      const columns = await columnsOf(table);
      for (const [event, column] of rules) {
        if (THEMSELVES.includes(table) || !columns.some((name) => column.test(name))) continue;
        const endings: Readonly<Record<string, unknown>> = declared[table] ?? {};
        if (endings[event] === undefined) silent.push(`${table}: ${event}`);
        else told++;
      }
    }
    assert.deepEqual(silent, [], 'in `tables` of their part');
    assert.ok(told > 60, `only ${told} were looked at`);
  });

  it('are there under the names and with the columns that are declared', async () => {
    for (const [table, endings] of Object.entries(declared)) {
      const columns = await columnsOf(table);
      for (const ending of Object.values<unknown>(endings)) {
        const { where = {}, set = {} } = typeof ending === 'string' ? { where: { [ending]: '' } } : Object(ending);
        for (const column of Object.keys({ ...where, ...set }))
          assert.ok(columns.includes(column), `${table} has no ${column}`);
      }
    }
  });
});
