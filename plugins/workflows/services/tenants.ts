/**
 * Whether a tenant's workflows may run. Of a tenant that is suspended nothing starts or goes on until it is active
 * again; one that is deleted is gone. '' is the platform itself, which is always active.
 */
import { concernsTenants, PRINCIPALS_CHANGED } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Standing, TenantStandings } from '../engine/ports.ts';
import { workflowErrors } from '../errors.ts';

const PLATFORM = '';
const MOST_KNOWN = 10_000;
/** Of real time: a notice of another process may be lost. */
const LONGEST_TRUST_MS = 1_000;

export function createWorkflowTenants({ db, people, notices }: Services & AuthServices): TenantStandings {
  const known = new Map<string, { standing: Standing; at: number }>();
  const inactive = new Set<string>();
  const listeners: ((wereInactive: readonly string[]) => void)[] = [];
  let generation = 0;
  notices.on(PRINCIPALS_CHANGED, (change) => {
    if (concernsTenants(change)) changed();
  });
  notices.onGap(changed);

  return {
    standingOf,
    forget,
    inactive: () => [...inactive],
    async refuseInactive(tenantId) {
      if ((await standingOf(tenantId)) !== 'active') throw workflowErrors.tenant_not_active();
    },
    onChange: (fn) => void listeners.push(fn),
  };

  async function standingOf(tenantId: string): Promise<Standing> {
    if (tenantId === PLATFORM) return 'active';
    const found = known.get(tenantId);
    if (found && (db.soleWriter || performance.now() - found.at < LONGEST_TRUST_MS)) return found.standing;
    const before = generation;
    const at = performance.now();
    const row = await people.tenantByUuid(tenantId);
    const standing = !row ? 'gone' : row.status === 'active' ? 'active' : 'suspended';
    // What was read while it was being changed is not kept.
    if (before !== generation) return standing;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(tenantId, { standing, at });
    if (standing === 'active') inactive.delete(tenantId);
    else inactive.add(tenantId);
    return standing;
  }

  function changed(): void {
    const wereInactive = [...inactive];
    forget();
    for (const fn of listeners) fn(wereInactive);
  }

  function forget(): void {
    generation++;
    known.clear();
    inactive.clear();
  }
}
