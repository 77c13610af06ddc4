/** What goes when a tenant or a person is gone. */
import type { EventHandler } from '#core/plugin.ts';
import type { WorkflowsScope } from './scope.ts';

/** Everything of a tenant: what runs is stopped by its absence, in every process; what is stored is removed here. */
export const eraseWorkflowsOfTenant: EventHandler<'tenant.deleted'> = async ({ data }, services: WorkflowsScope) => {
  services.workflowTenants.forget();
  await services.workflowErasure.eraseTenant(data.tenant_id);
};

/** Workflows and executions stay with their tenant, and forget who published and who started them. */
export const forgetPerson: EventHandler<'user.deleted'> = async (
  { data },
  { workflowPublishers, workflowErasure }: WorkflowsScope,
) => {
  await workflowPublishers.disown(data.id);
  await workflowErasure.forgetPerson(data.tenant_id, data.user_id);
};
