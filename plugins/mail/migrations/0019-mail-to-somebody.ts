/** Mail that was sent to somebody is found by their address, whatever the case of its letters. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('create index mail_deliveries_to on mail_deliveries (lower(recipient), sent_id)');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index mail_deliveries_to');
}
