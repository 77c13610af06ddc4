/** The log of an execution that was saved once stands in its own row; indexes hold only what is looked up by them. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('workflows_executions', (table) => {
    table.text('log');
    table.dropUnique(['start_key']);
    table.dropIndex(['slot', 'status']);
    table.dropIndex(['parent_id']);
  });
  await db.raw(
    'create unique index workflows_executions_start_key on workflows_executions (start_key) where start_key is not null',
  );
  await db.raw('create index workflows_executions_slot on workflows_executions (slot, status) where slot is not null');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index workflows_executions_start_key');
  await db.raw('drop index workflows_executions_slot');
  await db.schema.alterTable('workflows_executions', (table) => {
    table.dropColumn('log');
    table.unique(['start_key']);
    table.index(['slot', 'status']);
    table.index(['parent_id']);
  });
}
