import type { Knex } from 'knex';

/** Credit, and what is owed, in currencies other than that of the subscription. */
export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('billing_set_aside', (table) => {
    table.string('tenant_id', 100).notNullable();
    table.string('currency', 3).notNullable();
    table.bigInteger('amount').notNullable();
    table.primary(['tenant_id', 'currency']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('billing_set_aside');
}
