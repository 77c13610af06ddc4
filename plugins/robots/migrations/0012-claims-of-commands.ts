/**
 * What a claim of commands looks at is found by its kind: those that were offered, by when, and those that were put off. All others
 * are due at once, whatever the clock was when they were stored.
 */
import type { Knex } from 'knex';

const INDEXES = {
  robots_commands_offered: `robots_commands (robot, offered_at) where status = 'dispatched'`,
  robots_commands_put_off: `robots_commands (robot, due_at) where status = 'pending' and due_at > 0`,
};

export async function up(db: Knex): Promise<void> {
  await db.raw(`update robots_commands set due_at = 0 where status = 'pending' and due_at <= created_at`);
  for (const [name, rows] of Object.entries(INDEXES)) await db.raw(`create index ${name} on ${rows}`);
}

export async function down(db: Knex): Promise<void> {
  for (const name of Object.keys(INDEXES)) await db.raw(`drop index ${name}`);
}
