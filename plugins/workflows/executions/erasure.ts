/** Erasure: what goes of workflows and executions with a tenant or a person, in steps between which others write. */
import type { Services } from '#core/plugin.ts';
import type { Definitions } from '../definitions/definitions.ts';
import { removeWorkflow } from './removal.ts';

const STEP = 2_000;

/** Workflows, versions, schedules, executions, waits. Again changes nothing. */
export async function eraseWorkflowsOfTenant(
  services: Pick<Services, 'db' | 'jobs'> & { workflowDefinitions: Definitions },
  tenantId: string,
): Promise<void> {
  for (const id of await services.workflowDefinitions.hideOfTenant(tenantId)) await removeWorkflow(services, id);
}

/** Executions stay with their tenant, and forget who started them. */
export async function eraseStarts({ db }: Pick<Services, 'db'>, tenantId: string, userUuid: string): Promise<void> {
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
