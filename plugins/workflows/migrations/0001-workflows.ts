/** Definitions, executions with the records of their tasks, what they wait for, secrets and schedules. */
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('workflows_workflows', (table) => {
    table.increments('id');
    table.string('tenant_id', 36).notNullable();
    table.string('namespace', 64).notNullable();
    table.string('name', 64).notNullable();
    table.integer('active_id');
    table.integer('enabled').notNullable();
    table.integer('from_folder').notNullable().defaultTo(0);
    table.bigInteger('created_at').notNullable();
    table.bigInteger('updated_at').notNullable().index();
    table.unique(['tenant_id', 'namespace', 'name']);
    table.index(['namespace', 'name']);
  });
  await db.schema.createTable('workflows_definitions', (table) => {
    table.increments('id');
    table.integer('workflow_id').notNullable().references('workflows_workflows.id').onDelete('cascade');
    table.string('version', 64).notNullable();
    table.integer('revision').notNullable();
    table.text('source').notNullable();
    table.text('definition').notNullable();
    table.bigInteger('created_at').notNullable();
    table.unique(['workflow_id', 'version', 'revision']);
  });
  await db.schema.createTable('workflows_executions', (table) => {
    table.increments('seq');
    table.string('id', 36).notNullable().unique();
    table.integer('workflow_id').notNullable().references('workflows_workflows.id').onDelete('cascade');
    table.integer('definition_id').notNullable();
    table.string('tenant_id', 36).notNullable();
    table.string('status', 16).notNullable();
    table.integer('priority').notNullable().defaultTo(0);
    table.text('input').notNullable();
    table.text('output');
    table.text('error');
    table.text('origin').notNullable();
    table.string('start_key', 300).unique();
    table.string('slot', 300);
    table.string('parent_id', 36).index();
    table.integer('depth').notNullable().defaultTo(0);
    table.string('replay_of', 36);
    table.integer('retries').notNullable().defaultTo(0);
    table.text('pins');
    table.string('request', 16);
    table.string('locked_by', 36);
    table.bigInteger('locked_until');
    table.bigInteger('created_at').notNullable();
    table.bigInteger('started_at');
    table.bigInteger('ended_at');
    table.index(['workflow_id', 'seq']);
    table.index(['tenant_id', 'seq']);
    table.index(['workflow_id', 'ended_at']);
    table.index(['ended_at']);
    table.index(['slot', 'status']);
  });
  // What still has to be done is little beside what is over: an index of its own finds it at once.
  await db.raw(
    "create index workflows_executions_open on workflows_executions (status, seq) where status in ('pending', 'running')",
  );
  await db.schema.createTable('workflows_tasks', (table) => {
    table.increments('id');
    table.string('execution_id', 36).notNullable();
    table.string('reference', 500).notNullable();
    table.string('instance', 200).notNullable();
    table.string('status', 16).notNullable();
    table.text('input');
    table.text('output');
    table.text('error');
    table.text('context');
    table.string('next', 200);
    table.integer('attempts').notNullable();
    table.bigInteger('started_at').notNullable();
    table.bigInteger('ended_at');
    table.unique(['execution_id', 'reference', 'instance']);
  });
  await db.schema.createTable('workflows_waits', (table) => {
    table.increments('id');
    table.string('execution_id', 36).notNullable();
    table.string('tenant_id', 36).notNullable();
    table.string('task_key', 700).notNullable();
    table.string('kind', 16).notNullable();
    table.bigInteger('wake_at').index();
    table.text('detail').notNullable();
    table.text('received').notNullable().defaultTo('[]');
    table.bigInteger('created_at').notNullable();
    table.unique(['execution_id', 'task_key']);
  });
  await db.schema.createTable('workflows_wait_types', (table) => {
    table.integer('wait_id').notNullable().references('workflows_waits.id').onDelete('cascade');
    table.string('type', 200).notNullable();
    table.primary(['type', 'wait_id']);
    table.index(['wait_id']);
  });
  await db.schema.createTable('workflows_secrets', (table) => {
    table.increments('id');
    table.string('tenant_id', 36).notNullable();
    table.string('name', 100).notNullable();
    table.text('value').notNullable();
    table.bigInteger('updated_at').notNullable();
    table.unique(['tenant_id', 'name']);
  });
  await db.schema.createTable('workflows_schedules', (table) => {
    table.integer('workflow_id').primary().references('workflows_workflows.id').onDelete('cascade');
    table.bigInteger('next_at').notNullable().index();
    table.bigInteger('last_at');
  });
  await db.schema.createTable('workflows_gathered', (table) => {
    table.increments('id');
    table.integer('workflow_id').notNullable().references('workflows_workflows.id').onDelete('cascade');
    table.string('correlation', 400).notNullable();
    table.text('received').notNullable();
    table.unique(['workflow_id', 'correlation']);
  });
}

export async function down(db: Knex): Promise<void> {
  const tables = ['gathered', 'schedules', 'secrets', 'wait_types', 'waits', 'tasks', 'executions', 'definitions'];
  for (const table of [...tables, 'workflows']) await db.schema.dropTable(`workflows_${table}`);
}
