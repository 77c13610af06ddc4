/** Of whom a call of a tool is: what was done for a contact goes with it. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('ai_replies_tool_calls', (table) => {
    table.string('contact_id', 60).notNullable().defaultTo('').index();
  });
  await db.raw(
    `update ai_replies_tool_calls set contact_id = coalesce((select t.contact_id from ai_replies_turns t
     where t.conversation_id = ai_replies_tool_calls.conversation_id), '')`,
  );
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('ai_replies_tool_calls', (table) => {
    table.dropIndex('contact_id');
    table.dropColumn('contact_id');
  });
}
