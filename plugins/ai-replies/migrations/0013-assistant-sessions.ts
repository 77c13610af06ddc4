/** What assistants call our conversations: under it they remember what was said. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('ai_replies_assistant_sessions', (table) => {
    table.bigIncrements('id');
    table.string('conversation_id', 60).notNullable();
    table.string('provider', 60).notNullable();
    table.string('identity', 60).notNullable();
    table.string('tenant_id', 60).notNullable();
    table.string('robot_id', 60).notNullable().index();
    table.string('contact_id', 60).notNullable().index();
    table.string('session', 200).notNullable();
    table.bigInteger('updated_at').notNullable().index();
    table.unique(['conversation_id', 'provider']);
    table.index(['tenant_id', 'updated_at']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('ai_replies_assistant_sessions');
}
