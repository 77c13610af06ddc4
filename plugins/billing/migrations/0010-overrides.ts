/** The list of limits that were granted passes over rows that hold none any more. */
import type { Knex } from 'knex';

const COLUMNS = ['updated_at', 'tenant_id'];
const INDEX = 'billing_overrides_granted';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('billing_overrides', (table) => table.dropIndex(COLUMNS));
  await db.raw(`create index ${INDEX} on billing_overrides (${COLUMNS.join(', ')}) where limits <> '{}'`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`drop index ${INDEX}`);
  await db.schema.alterTable('billing_overrides', (table) => table.index(COLUMNS));
}
