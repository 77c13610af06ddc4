/** How much of an invoice went back. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('billing_invoices', (table) => table.bigInteger('refunded').notNullable().defaultTo(0));
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('billing_invoices', (table) => table.dropColumn('refunded'));
}
