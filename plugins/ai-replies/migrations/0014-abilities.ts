/** What was found of providers when they were tried: in which form they answer, and whether they call functions. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_abilities', (table) => {
    table.string('tenant_id', 60).notNullable();
    table.string('provider', 60).notNullable();
    table.string('identity', 60).notNullable();
    table.string('forms', 10).notNullable();
    table.string('tools', 10).notNullable();
    table.bigInteger('tried_at').notNullable();
    table.primary(['tenant_id', 'provider']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('ai_replies_abilities');
}
