/** Executions that are taken up again. */

import type { Run, World } from './model.ts';
import { createRun } from './run.ts';
import { MOVES } from './states.ts';
import { hiddenOf, recordsOf } from './stored-log.ts';
import type { ExecutionRow, WaitRow } from './tables.ts';

/** Throws what the database, the definition or the secrets throw. */
export async function loadRun(row: ExecutionRow, world: World, lockedUntil: number | null): Promise<Run> {
  const { db, clock, secrets, workflowDefinitions, workflowSecrets } = world.services;
  const { seq: _seq, ...execution } = row;
  const now = clock.now();
  Object.assign(execution, {
    ...MOVES.begin.written(row, now),
    // Of a clock that was ahead.
    started_at: Math.min(row.started_at ?? now, now),
    ...(lockedUntil !== null && { locked_by: world.owner, locked_until: lockedUntil }),
  });
  const { definition } = await workflowDefinitions.byId(row.definition_id);
  const { records, bytes } = await recordsOf(db, row.id);
  const hidden = await hiddenOf(world.services, row.id);
  const waits: WaitRow[] = await db.write('workflows_waits').where({ execution_id: row.id });
  const stored = await workflowSecrets.values(row.tenant_id, definition.use?.secrets ?? []);
  const sealed = JSON.parse(row.origin).$secrets;
  const own = sealed ? JSON.parse(secrets.open('workflows.start', sealed).toString()) : {};
  const all = { ...stored, ...own };
  return createRun({ world, execution, definition, secrets: all, records, hidden, bytes, waits, isSaved: true });
}
