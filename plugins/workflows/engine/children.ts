/** Executions that others have started by `run: workflow`. */
import { isAppError } from '#core/kit.ts';
import { fault } from '../language/faults.ts';
import { correlationIdOf } from './correlations.ts';
import type { ChildOutcome, ChildStart, Run } from './model.ts';
import type { Start } from './new-execution.ts';
import { cancelLater, childOrigin, rootOf } from './parent-child.ts';
import type { EngineServices } from './ports.ts';
import { hiddenIn, unsealed } from './secret-texts.ts';
import { suspendedOr } from './suspend-on-inactive-tenant.ts';

type ChildrenServices = Pick<
  EngineServices,
  'db' | 'jobs' | 'secrets' | 'workflowDefinitions' | 'workflowPublishers' | 'workflowTenants'
>;

export function createChildren(services: ChildrenServices, start: (given: Start) => Promise<{ id: string }>) {
  const { db, workflowDefinitions } = services;
  return { startChild, abandonChild, childOutcome };

  /** Throws a fault when there is no such workflow, when it goes too deep, or when its publisher may not run others. */
  async function startChild({ execution, hidden }: Run, child: ChildStart): Promise<{ id: string }> {
    const { namespace, name, version, input, startKey } = child;
    const depth = execution.depth + 1;
    const workflow = await workflowDefinitions.get(execution.tenant_id, namespace, name, version).catch((error) => {
      if (isAppError(error)) return null;
      throw error;
    });
    if (!workflow) throw fault('configuration', `There is no workflow ${namespace}/${name} ${version}`);
    const origin = childOrigin(execution, child.isAwaited);
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
      throw await suspendedOr(error, execution.tenant_id, services);
    }
  }

  function abandonChild(id: string): Promise<void> {
    return db.transaction((trx) => cancelLater(trx, services, [id]));
  }

  async function childOutcome(id: string): Promise<ChildOutcome | null> {
    const row = await db.write('workflows_executions').where({ id }).first('status', 'output', 'error');
    if (!row) return null;
    const output = row.output === null ? null : unsealed(services, id, row.output);
    return { ...row, output, hidden: hiddenIn(services, id, [row.output]) };
  }
}
