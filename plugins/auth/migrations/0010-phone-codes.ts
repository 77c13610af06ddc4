/** Codes that phones get to sign in with. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('auth_phone_codes', (table) => {
    table.string('phone', 32).primary();
    // Keyed hash of the code and its phone; null once it was used.
    table.string('code_hash', 64);
    table.bigInteger('sent_at').notNullable();
    table.bigInteger('expires_at').notNullable().index();
    table.integer('tries').notNullable().defaultTo(0);
    // Codes since `day_began_at`, for the limit of a day.
    table.bigInteger('day_began_at').notNullable();
    table.integer('sent_that_day').notNullable().defaultTo(0);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('auth_phone_codes');
}
