/** Products, signing keys, floating leases, trials, sightings, and what a licence knows of them. */
import type { Knex } from 'knex';

const ADDED = ['product_id', 'is_trial', 'is_floating', 'replaces_oldest', 'entitlements', 'max_version'];
const TIMES = ['suspended_at', 'abused_at', 'reminded_for'];

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('licensing_products', (table) => {
    table.increments('id');
    table.string('product_id', 40).notNullable().unique();
    // '' is the platform itself.
    table.string('tenant_id', 36).notNullable();
    table.string('code', 64).notNullable();
    table.string('name', 200).notNullable();
    table.text('entitlements').notNullable();
    table.string('current_version', 64);
    table.string('device_policy', 16).notNullable();
    table.integer('is_floating').notNullable();
    table.integer('lease_seconds').notNullable();
    table.integer('trial_days').notNullable();
    table.integer('offline_days').notNullable();
    table.integer('grace_days').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'code']);
  });
  await db.schema.alterTable('licensing_licences', (table) => {
    table.integer('product_id').references('licensing_products.id').onDelete('set null');
    table.integer('is_trial').notNullable().defaultTo(0);
    table.integer('is_floating').notNullable().defaultTo(0);
    table.integer('replaces_oldest').notNullable().defaultTo(0);
    table.text('entitlements');
    table.string('max_version', 64);
    for (const name of TIMES) table.bigInteger(name);
    table.index(['email']);
    // The lists of one state, newest first, for those who see all tenants.
    table.index(['status', 'id']);
  });
  await db.schema.alterTable('licensing_devices', (table) => {
    // Address of the connection, and its country: not what the device says of itself.
    table.string('seen_from', 80).notNullable().defaultTo('');
  });
  await db.schema.createTable('licensing_signing_keys', (table) => {
    table.string('kid', 64).primary();
    table.text('public_key').notNullable();
    table.text('private_key').notNullable();
    // 'current' for one row, null for those that only verify: the database lets no second one be current.
    table.string('slot', 16).unique();
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('licensing_leases', (table) => {
    table.string('lease_id', 64).primary();
    table.integer('licence_id').notNullable().references('licensing_licences.id').onDelete('cascade');
    table.string('device_id', 200).notNullable();
    table.bigInteger('acquired_at').notNullable();
    table.bigInteger('expires_at').notNullable();
    table.unique(['licence_id', 'device_id']);
  });
  await db.schema.createTable('licensing_trials', (table) => {
    table.integer('product_id').notNullable().references('licensing_products.id').onDelete('cascade');
    table.string('email', 320).notNullable();
    table.integer('licence_id').notNullable().references('licensing_licences.id').onDelete('cascade');
    table.primary(['product_id', 'email']);
  });
  await db.schema.createTable('licensing_sightings', (table) => {
    table.integer('licence_id').notNullable().references('licensing_licences.id').onDelete('cascade');
    table.string('kind', 16).notNullable();
    table.string('value', 200).notNullable();
    table.bigInteger('seen_at').notNullable().index();
    table.primary(['licence_id', 'kind', 'value']);
  });
}

export async function down(db: Knex): Promise<void> {
  const tables = ['sightings', 'trials', 'leases', 'signing_keys'];
  for (const table of tables) await db.schema.dropTable(`licensing_${table}`);
  await db.schema.alterTable('licensing_licences', (table) => {
    table.dropIndex(['email']);
    table.dropIndex(['status', 'id']);
    table.dropColumns(...ADDED, ...TIMES);
  });
  await db.schema.alterTable('licensing_devices', (table) => table.dropColumn('seen_from'));
  await db.schema.dropTable('licensing_products');
}
