/** Devices know their tenant, so that a list of all of them is one range of an index; beginnings that lists look for. */
import type { Knex } from 'knex';

const DEVICE_ORDERS = [
  ['tenant_id'],
  ['status'],
  ['activated_at'],
  ['tenant_id', 'status'],
  ['tenant_id', 'activated_at'],
];
const PRODUCT_ORDERS = [['code'], ['name'], ['tenant_id'], ['tenant_id', 'code'], ['tenant_id', 'name']];
/** On PostgreSQL lists compare beginnings byte by byte, whatever the database's collation. */
const BEGINNINGS = [
  ['licensing_licences', 'email'],
  ['licensing_devices', 'device_id'],
  ['licensing_products', 'code'],
] as const;

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('licensing_devices', (table) => table.string('tenant_id', 36));
  await db.raw(
    `update licensing_devices set tenant_id =
       (select tenant_id from licensing_licences where licensing_licences.id = licensing_devices.licence_id)`,
  );
  await db.schema.alterTable('licensing_devices', (table) => {
    for (const columns of DEVICE_ORDERS) table.index([...columns, 'id']);
  });
  await db.schema.alterTable('licensing_products', (table) => {
    for (const columns of PRODUCT_ORDERS) table.index([...columns, 'id']);
  });
  await db.schema.alterTable('licensing_history', (table) => {
    table.index(['licence_id', 'id']);
    table.dropIndex(['licence_id']);
  });
  for (const [table, column] of BEGINNINGS) {
    const collation = db.client.config.client === 'pg' ? 'collate "C"' : '';
    await db.raw(`create index ${table}_${column}_beginning on ${table} (${column} ${collation}, id)`);
  }
}

export async function down(db: Knex): Promise<void> {
  for (const [table, column] of BEGINNINGS) await db.raw(`drop index ${table}_${column}_beginning`);
  await db.schema.alterTable('licensing_history', (table) => {
    table.index(['licence_id']);
    table.dropIndex(['licence_id', 'id']);
  });
  await db.schema.alterTable('licensing_products', (table) => {
    for (const columns of PRODUCT_ORDERS) table.dropIndex([...columns, 'id']);
  });
  await db.schema.alterTable('licensing_devices', (table) => {
    for (const columns of DEVICE_ORDERS) table.dropIndex([...columns, 'id']);
  });
  await db.schema.alterTable('licensing_devices', (table) => table.dropColumn('tenant_id'));
}
