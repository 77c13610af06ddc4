/** Which devices have offline files that still work: they hold their places until then, whatever becomes of the device. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('licensing_files', (table) => {
    table.bigInteger('licence_id').notNullable().references('licensing_licences.id').onDelete('cascade');
    table.string('device_id', 200).notNullable();
    table.bigInteger('valid_until').notNullable().index();
    table.primary(['licence_id', 'device_id']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('licensing_files');
}
