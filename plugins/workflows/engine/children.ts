/** Executions that others have started by `run: workflow`. */
import { isAppError } from '#core/errors.ts';
import type { Services } from '#core/plugin.ts';
import { fault } from '../language/faults.ts';
import type { Definitions } from '../services/definitions.ts';
import type { WorkflowPublishers } from '../services/publishers.ts';
import type { WorkflowTenants } from '../services/tenants.ts';
import { correlationIdOf } from './correlations.ts';
import type { Engine } from './engine.ts';
import { heldOr } from './held.ts';
import type { ChildOutcome, ChildStart, Execution, Run } from './run.ts';
import { hiddenIn, unsealed } from './secret-texts.ts';

export function createChildren(
  services: Services & {
    workflowDefinitions: Definitions;
    workflowPublishers: WorkflowPublishers;
    workflowTenants: WorkflowTenants;
  },
  start: Engine['start'],
) {
  const { db, workflowDefinitions } = services;
  return { startChild, childOutcome };

  /** Throws a fault when there is no such workflow, when it goes too deep, or when its publisher may not run others. */
  async function startChild({ execution, hidden }: Run, child: ChildStart): Promise<{ id: string }> {
    const { namespace, name, version, input, startKey } = child;
    const depth = execution.depth + 1;
    const workflow = await workflowDefinitions.get(execution.tenant_id, namespace, name, version).catch((error) => {
      if (isAppError(error)) return null;
      throw error;
    });
    if (!workflow) throw fault('configuration', `There is no workflow ${namespace}/${name} ${version}`);
    const origin = { kind: 'workflow', execution: execution.id };
    const correlationId = correlationIdOf(execution);
    const family = { parentId: execution.id, rootId: rootOf(execution) };
    try {
      await services.workflowPublishers.refuseUnlessMayRun(execution);
      return await start({
        workflow,
        input,
        origin,
        startKey,
        correlationId,
        hidden,
        depth,
        ...family,
        isDurable: true,
      });
    } catch (error) {
      throw await heldOr(error, execution.tenant_id, services);
    }
  }

  async function childOutcome(id: string): Promise<ChildOutcome | null> {
    const row = await db.write('workflows_executions').where({ id }).first('status', 'output', 'error');
    if (!row) return null;
    const output = row.output === null ? null : unsealed(services, id, row.output);
    return { ...row, output, hidden: hiddenIn(services, id, [row.output]) };
  }
}

/** The execution that a family comes from: what this one starts belongs to it. */
export function rootOf({ id, root_id }: Pick<Execution, 'id' | 'root_id'>): string {
  return root_id ?? id;
}
