/** Values by which executions are found: of one tenant, and for those who see all tenants, by the value alone. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('workflows_correlations', (table) => {
    table.string('execution_id', 36).notNullable().index();
    table.string('tenant_id', 36).notNullable();
    table.string('value', 200).notNullable();
    table.primary(['value', 'tenant_id', 'execution_id']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('workflows_correlations');
}
