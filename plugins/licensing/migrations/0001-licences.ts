/** Licences, their devices, what happened to them, and the counts that statistics read. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('licensing_licences', (table) => {
    table.increments('id');
    table.string('license_id', 40).notNullable().unique();
    table.string('tenant_id', 36);
    // As it is shown; compared by the normal form.
    table.string('activation_code', 80).notNullable();
    table.string('code', 80).notNullable().unique();
    table.string('email', 320).notNullable();
    table.string('plan', 16).notNullable();
    table.integer('device_cap').notNullable();
    table.string('user_hint', 500).notNullable().defaultTo('');
    table.string('status', 16).notNullable();
    table.string('revoked_reason', 500);
    table.bigInteger('issued_at').notNullable();
    table.bigInteger('valid_until');
    table.integer('active_devices').notNullable().defaultTo(0);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.index(['tenant_id', 'status', 'id']);
    table.index(['tenant_id', 'id']);
    table.index(['status', 'valid_until']);
  });
  await db.schema.createTable('licensing_devices', (table) => {
    table.increments('id');
    table.integer('licence_id').notNullable().references('licensing_licences.id').onDelete('cascade');
    table.string('device_id', 200).notNullable();
    table.string('device_name', 200).notNullable().defaultTo('');
    table.string('ip_address', 64).notNullable().defaultTo('');
    table.string('status', 16).notNullable();
    table.bigInteger('activated_at').notNullable();
    table.bigInteger('last_seen_at').notNullable();
    table.unique(['licence_id', 'device_id']);
  });
  await db.schema.createTable('licensing_history', (table) => {
    table.increments('id');
    table.integer('licence_id').notNullable().references('licensing_licences.id').onDelete('cascade').index();
    table.string('what', 32).notNullable();
    table.text('detail').notNullable();
    table.string('idempotency_key', 200).unique();
    table.bigInteger('at').notNullable();
  });
  await db.schema.createTable('licensing_counts', (table) => {
    // '' is the platform itself.
    table.string('tenant_id', 36).notNullable();
    table.string('name', 64).notNullable();
    table.bigInteger('value').notNullable();
    table.primary(['tenant_id', 'name']);
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['licensing_counts', 'licensing_history', 'licensing_devices', 'licensing_licences']) {
    await db.schema.dropTable(table);
  }
}
