/** A code is unique in its tenant, not everywhere: nobody can keep another one's codes by importing them first. */
import type { Knex } from 'knex';

const UNIQUE = 'licensing_licences_tenant_code_unique';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('licensing_licences', (table) => {
    table.dropUnique(['code']);
    table.index(['code']);
  });
  // The platform's own have no tenant, and null is never the same as null.
  await db.raw(`create unique index ${UNIQUE} on licensing_licences (coalesce(tenant_id, ''), code)`);
}

/** Fails when two tenants have the same code by now. */
export async function down(db: Knex): Promise<void> {
  await db.raw(`drop index ${UNIQUE}`);
  await db.schema.alterTable('licensing_licences', (table) => {
    table.dropIndex(['code']);
    table.unique(['code']);
  });
}
