/** Lifecycle events of workflows and tasks, named as the specification names them ("Lifecycle Events"). */
import { randomUUID } from 'node:crypto';
import type { Run } from './run.ts';

const PREFIX = 'io.serverlessworkflow.';

/** Notes the event: it is published with the next checkpoint. */
export function lifecycleEvent(
  run: Run,
  about: 'workflow' | 'task',
  what: string,
  more: Record<string, unknown> = {},
): void {
  const { execution, definition } = run;
  const { namespace, name, version } = definition.document;
  if (!run.world.services.workflowEvents.isHeard(`${PREFIX}${about}.${what}.v1`)) return;
  run.publish({
    specversion: '1.0',
    id: randomUUID(),
    source: `patchbay/workflows/${namespace}/${name}`,
    type: `${PREFIX}${about}.${what}.v1`,
    time: new Date(run.world.services.clock.now()).toISOString(),
    subject: execution.id,
    ...(execution.tenant_id && { tenantid: execution.tenant_id }),
    datacontenttype: 'application/json',
    data: { workflow: execution.id, definition: { namespace, name, version }, depth: execution.depth, ...more },
  });
}
