import type { ExecutionRow, TaskRow, WaitRow } from '../tables.ts';
import type { Run, World } from './model.ts';
import { createRun } from './run.ts';

/** Throws what the database, the definition or the secrets throw. */
export async function loadRun(row: ExecutionRow, world: World, lockedUntil: number | null): Promise<Run> {
  const { db, clock, secrets, workflowDefinitions, workflowSecrets } = world.services;
  const { seq: _seq, ...execution } = row;
  Object.assign(execution, {
    status: 'running',
    started_at: Math.min(row.started_at ?? clock.now(), clock.now()),
    ...(lockedUntil !== null && { locked_by: world.owner, locked_until: lockedUntil }),
  });
  const { definition } = await workflowDefinitions.byId(row.definition_id);
  const records: TaskRow[] = await db.write('workflows_tasks').where({ execution_id: row.id }).orderBy('id');
  const waits: WaitRow[] = await db.write('workflows_waits').where({ execution_id: row.id });
  const stored = await workflowSecrets.values(row.tenant_id, definition.use?.secrets ?? []);
  const sealed = JSON.parse(row.origin).$secrets;
  const own = sealed ? JSON.parse(secrets.open('workflows.start', sealed).toString()) : {};
  return createRun({ world, execution, definition, secrets: { ...stored, ...own }, records, waits, isSaved: true });
}
