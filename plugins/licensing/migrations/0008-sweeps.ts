/** What is deleted when its time is over is found by it. */
import type { Knex } from 'knex';

const INDEXES: readonly [name: string, on: string][] = [
  ['licensing_leases_expires_at', 'licensing_leases (expires_at)'],
  ['licensing_licences_ending', 'licensing_licences (status, valid_until, id)'],
];

export async function up(db: Knex): Promise<void> {
  for (const [name, on] of INDEXES) await db.raw(`create index ${name} on ${on}`);
}

export async function down(db: Knex): Promise<void> {
  for (const [name] of INDEXES) await db.raw(`drop index ${name}`);
}
