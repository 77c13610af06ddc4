/** Orders and beginnings that lists can be asked for; who is asked for a decision, so that they find it by themselves. */
import type { Knex } from 'knex';

const INDEXES: readonly [name: string, on: string][] = [
  ['workflows_workflows_by_name', 'workflows_workflows (tenant_id, name, id)'],
  ['workflows_workflows_by_time', 'workflows_workflows (tenant_id, updated_at, id)'],
  ['workflows_definitions_by_time', 'workflows_definitions (workflow_id, created_at, id)'],
  ['workflows_definitions_by_id', 'workflows_definitions (workflow_id, id)'],
  ['workflows_schedules_next', 'workflows_schedules (next_at, workflow_id)'],
  ['workflows_secrets_by_time', 'workflows_secrets (tenant_id, updated_at, id)'],
  ['workflows_executions_started', 'workflows_executions (started_at) where started_at is not null'],
  ['workflows_waits_asked', 'workflows_waits (approver_id, id) where approver_id is not null'],
];
/** On SQLite every index is one of bytes. */
const BYTES: typeof INDEXES = [
  ['workflows_workflows_beginning', 'workflows_workflows (tenant_id, name collate "C")'],
  ['workflows_secrets_beginning', 'workflows_secrets (tenant_id, name collate "C")'],
];

const indexesOf = (db: Knex) => [...INDEXES, ...(db.client.config.client === 'pg' ? BYTES : [])];

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table workflows_waits add column approver_id varchar(36)');
  for (const [name, on] of indexesOf(db)) await db.raw(`create index ${name} on ${on}`);
}

export async function down(db: Knex): Promise<void> {
  for (const [name] of indexesOf(db)) await db.raw(`drop index ${name}`);
  await db.raw('alter table workflows_waits drop column approver_id');
}
