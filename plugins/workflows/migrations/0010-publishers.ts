/** A definition acts as who published it. Those from before act as the owner of their tenant. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('workflows_definitions', (table) => {
    table.bigInteger('published_by').nullable();
    table.text('published_key').nullable();
    table.text('published_scopes').nullable();
  });
  await db.schema.alterTable('workflows_definitions', (table) => {
    table.index(['published_by'], 'workflows_definitions_publisher');
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('workflows_definitions', (table) => {
    table.dropIndex(['published_by'], 'workflows_definitions_publisher');
  });
  await db.schema.alterTable('workflows_definitions', (table) => {
    table.dropColumn('published_by');
    table.dropColumn('published_key');
    table.dropColumn('published_scopes');
  });
}
