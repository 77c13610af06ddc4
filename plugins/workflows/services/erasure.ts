/** Takes away what belongs to a tenant or a person that is gone, in steps between which others write. */
import type { Services } from '#core/plugin.ts';
import { GONE } from '../tasks/approve.ts';
import type { Definitions } from './definitions.ts';
import { hideWorkflow, removeWorkflow } from './removal.ts';

export interface WorkflowErasure {
  /** Workflows, versions, executions, waits, schedules, secrets, jobs. Again changes nothing. */
  eraseTenant(tenantId: string): Promise<void>;
  /** Who started an execution, and to whom one has written that waits for a decision. */
  forgetPerson(tenantId: string, userUuid: string): Promise<void>;
}

const STEP = 2_000;

export function createWorkflowErasure({
  db,
  jobs,
  workflowDefinitions,
}: Services & { workflowDefinitions: Definitions }): WorkflowErasure {
  return { eraseTenant, forgetPerson };

  async function eraseTenant(tenantId: string): Promise<void> {
    // From here on nothing finds them; the rows of those that a crash leaves hidden go with the next pruning.
    const ids: number[] = await db
      .write('workflows_workflows')
      .where({ tenant_id: tenantId })
      .orderBy('id')
      .pluck('id');
    for (const id of ids) await db.transaction((trx) => hideWorkflow(trx, id));
    await workflowDefinitions.refresh();
    for (const id of ids) await removeWorkflow({ db, jobs }, id);
    await db.write('workflows_secrets').where({ tenant_id: tenantId }).delete();
    await db.write('workflows_correlations').where({ tenant_id: tenantId }).delete();
    // Those that are ready end by themselves: the platform's workflows hear also of this.
    await db
      .write('core_jobs')
      .where({ lane: tenantId, state: 'dead' })
      .whereIn('name', ['workflows.event', 'workflows.sendApproval'])
      .delete();
  }

  async function forgetPerson(tenantId: string, userUuid: string): Promise<void> {
    await forgetStarts(tenantId, userUuid);
    await db.write('workflows_waits').where({ approver_id: userUuid }).update({ approver_id: null });
    const approver = `%"approver":{"id":${JSON.stringify(userUuid)}%`;
    const asked = await db.read('workflows_waits').where({ kind: 'approval' }).where('detail', 'like', approver);
    for (const { id, detail } of asked) {
      const nobody = { ...JSON.parse(detail), to: '', approver: GONE };
      await db
        .write('workflows_waits')
        .where({ id, detail })
        .update({ detail: JSON.stringify(nobody) });
    }
  }

  async function forgetStarts(tenantId: string, userUuid: string): Promise<void> {
    const [by, nobody] = [`"by":${JSON.stringify(userUuid)}`, '"by":null'];
    const last = await db.read('workflows_executions').where({ tenant_id: tenantId }).max({ seq: 'seq' }).first();
    const first = await db.read('workflows_executions').where({ tenant_id: tenantId }).min({ seq: 'seq' }).first();
    for (let seq = Number(first?.seq ?? 1); seq <= Number(last?.seq ?? 0); seq += STEP) {
      await db
        .write('workflows_executions')
        .where({ tenant_id: tenantId })
        .whereBetween('seq', [seq, seq + STEP - 1])
        .where('origin', 'like', `%${by}%`)
        .update({ origin: db.write.raw('replace(origin, ?, ?)', [by, nobody]) });
    }
  }
}
