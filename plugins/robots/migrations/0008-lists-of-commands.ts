/** Of the commands of a robot, those that are few among many that were carried out: failures, and what are no messages. */
import type { Knex } from 'knex';

const INDEXES = {
  robots_commands_unfinished: `robots_commands (robot, id) where status in ('failed', 'expired')`,
  robots_commands_other: `robots_commands (robot, type, id) where type <> 'send_message'`,
};

export async function up(db: Knex): Promise<void> {
  for (const [name, rows] of Object.entries(INDEXES)) await db.raw(`create index ${name} on ${rows}`);
}

export async function down(db: Knex): Promise<void> {
  for (const name of Object.keys(INDEXES)) await db.raw(`drop index ${name}`);
}
