/** What is asked of payment providers after an end: whether it ended there too, and what comes for tenants that are gone. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('billing_subscriptions', (table) => {
    // When the provider said that it has ended there; null while it may go on.
    table.bigInteger('provider_ended_at');
    // When it was last tried to ask: who cannot be asked goes to the end of the line.
    table.bigInteger('asked_at').notNullable().defaultTo(0);
  });
  // Nothing but the hash of an id: enough to know that money came for nobody.
  await db.schema.createTable('billing_erased_tenants', (table) => {
    table.string('tenant_hash', 64).primary();
    table.bigInteger('at').notNullable().index();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('billing_erased_tenants');
  await db.schema.alterTable('billing_subscriptions', (table) => table.dropColumns('provider_ended_at', 'asked_at'));
}
