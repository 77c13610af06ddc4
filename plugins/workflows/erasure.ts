/** Erasure: what goes with a tenant or a person: each part says what of it. */
import type { EventHandler } from '#core/plugin.ts';
import { eraseApprover } from './approvals/erasure.ts';
import { eraseStarts, eraseWorkflowsOfTenant } from './executions/erasure.ts';
import type { WorkflowsScope } from './scope.ts';

/** What runs is stopped by the absence of its tenant, in every process; what is stored is removed here. */
const tenantGone: EventHandler<'tenant.deleted'> = async ({ data: { tenant_id } }, services: WorkflowsScope) => {
  services.workflowTenants.invalidate();
  await eraseWorkflowsOfTenant(services, tenant_id);
  // Those that are ready end by themselves: the platform's workflows hear also of this.
  await services.db
    .write('core_jobs')
    .where({ lane: tenant_id, state: 'dead' })
    .whereIn('name', ['workflows.event', 'workflows.sendApproval'])
    .delete();
};

const userGone: EventHandler<'user.deleted'> = async ({ data }, services: WorkflowsScope) => {
  await services.workflowPublishers.disown(data.id);
  await eraseStarts(services, data.tenant_id, data.user_id);
  await eraseApprover(services, data.user_id);
};

export const erasures = { 'tenant.deleted': tenantGone, 'user.deleted': userGone };
