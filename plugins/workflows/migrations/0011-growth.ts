/** Executions by their time, and those that neither run nor ended well by their status. */
import type { Knex } from 'knex';

const UNUSUAL = "where status not in ('completed', 'pending', 'running')";

export async function up(db: Knex): Promise<void> {
  await db.raw('create index workflows_executions_created on workflows_executions (created_at)');
  await db.raw(`create index workflows_executions_unusual on workflows_executions (status, seq) ${UNUSUAL}`);
  await db.raw(
    `create index workflows_executions_unusual_of_tenant on workflows_executions (tenant_id, status, seq) ${UNUSUAL}`,
  );
  await db.raw(
    `create index workflows_executions_unusual_of_workflow on workflows_executions (workflow_id, status, seq) ${UNUSUAL}`,
  );
}

export async function down(db: Knex): Promise<void> {
  const indexes = ['created', 'unusual', 'unusual_of_tenant', 'unusual_of_workflow'];
  for (const index of indexes) await db.raw(`drop index workflows_executions_${index}`);
}
