/** What is overdue is found without reading everything. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`create index ai_replies_turns_due on ai_replies_turns (due_at) where state = 'waiting'`);
  await db.raw(
    `create index ai_replies_tool_calls_approved on ai_replies_tool_calls (decided_at) where state = 'approved'`,
  );
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index ai_replies_tool_calls_approved');
  await db.raw('drop index ai_replies_turns_due');
}
