/** Long work as something that can be looked at: its progress, its outcome, and which process does it. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('core_operations', (table) => {
    table.bigIncrements('id');
    table.string('uuid', 36).notNullable().unique();
    table.string('kind', 100).notNullable();
    table.string('title', 200).notNullable();
    table.string('tenant_id', 36);
    table.bigInteger('user_id');
    table.string('scope', 60);
    table.boolean('is_private').notNullable();
    table.boolean('can_cancel').notNullable();
    table.string('state', 12).notNullable();
    table.bigInteger('done').notNullable().defaultTo(0);
    table.bigInteger('total');
    table.string('message', 500).notNullable().defaultTo('');
    table.text('result');
    table.string('process', 36).notNullable();
    table.bigInteger('leased_until').notNullable();
    table.bigInteger('cancel_requested_at');
    table.bigInteger('begun_at').notNullable();
    table.bigInteger('changed_at').notNullable();
    table.bigInteger('ended_at').index();
    table.index(['tenant_id', 'id']);
    table.index(['tenant_id', 'user_id', 'id']);
  });
  // Few run at a time, however many have ended.
  await db.raw("create index core_operations_running on core_operations (leased_until) where state = 'running'");
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('core_operations');
}
