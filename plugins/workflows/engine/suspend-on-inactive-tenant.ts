/** Who is refused because the tenant is suspended has not failed: it goes on when the tenant does. */
import { codeOf } from '#core/kit.ts';
import { Stopped } from './control-flow.ts';
import type { EngineServices } from './ports.ts';

/** Of the tenant itself, and of who published for it, whose account is suspended with it. */
const REFUSALS = ['tenant_not_active', 'publisher_gone'];

/** The error, or what holds the execution in its place. */
export async function suspendedOr(
  error: unknown,
  tenantId: string,
  { workflowTenants }: Pick<EngineServices, 'workflowTenants'>,
): Promise<unknown> {
  if (!REFUSALS.includes(codeOf(error))) return error;
  return (await workflowTenants.standingOf(tenantId)) === 'active' ? error : new Stopped('held');
}
