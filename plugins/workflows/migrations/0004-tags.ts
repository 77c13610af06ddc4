/** Tags of the active definition stand beside the workflow's name, so that lists can ask for them. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('workflows_workflows', (table) => {
    table.text('tags').notNullable().defaultTo('{}');
  });
  const active = await db('workflows_workflows')
    .join('workflows_definitions', 'workflows_definitions.id', 'workflows_workflows.active_id')
    .select('workflows_workflows.id', 'workflows_definitions.definition');
  for (const { id, definition } of active) {
    const tags = JSON.stringify(JSON.parse(definition).document.tags ?? {});
    if (tags !== '{}') await db('workflows_workflows').where({ id }).update({ tags });
  }
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('workflows_workflows', (table) => {
    table.dropColumn('tags');
  });
}
