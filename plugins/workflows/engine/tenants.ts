/**
 * Whether a tenant's workflows may run. Of a tenant that is suspended nothing starts or goes on until it is active
 * again; one that is deleted is gone. '' is the platform itself, which is always active.
 */
import { concernsTenants, createRemembered, PRINCIPALS_CHANGED } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { workflowErrors } from '../errors.ts';

export type Standing = 'active' | 'suspended' | 'gone';

export interface WorkflowTenants {
  standingOf(tenantId: string): Promise<Standing>;
  /** Rejects with `tenant_not_active`; null for the platform itself, which is asked for nothing. */
  refuseInactive(tenantId: string): Promise<void> | null;
  /** Those found not to be active since standings were last forgotten: what looks for work looks past all of theirs. */
  inactive(): string[];
  /** What is known may have changed: asks anew from here on. */
  invalidate(): void;
  /** Told when standings may have changed, with those that were not active until then. */
  onChange(fn: (wereInactive: readonly string[]) => void): void;
}

const PLATFORM = '';
/** Of real time: a notice of another process may be lost. */
const LONGEST_TRUST_MS = 1_000;

export function createWorkflowTenants({ db, people, notices }: Services & AuthServices): WorkflowTenants {
  const inactive = new Set<string>();
  const remembered = createRemembered({
    notices,
    topic: PRINCIPALS_CHANGED,
    isConcerned: concernsTenants,
    longestMs: db.soleWriter ? undefined : LONGEST_TRUST_MS,
    load: standingIn,
    kept(tenantId, standing) {
      if (standing === 'active') inactive.delete(tenantId);
      else inactive.add(tenantId);
    },
  });
  const listeners: ((wereInactive: readonly string[]) => void)[] = [];
  notices.on(PRINCIPALS_CHANGED, (change) => {
    if (concernsTenants(change)) changed();
  });
  notices.onGap(changed);

  return {
    standingOf,
    invalidate,
    inactive: () => [...inactive],
    refuseInactive: (tenantId) => (tenantId === PLATFORM ? null : refused(tenantId)),
    onChange: (fn) => void listeners.push(fn),
  };

  async function standingOf(tenantId: string): Promise<Standing> {
    return tenantId === PLATFORM ? 'active' : remembered.of(tenantId);
  }

  async function refused(tenantId: string): Promise<void> {
    if ((await standingOf(tenantId)) !== 'active') throw workflowErrors.tenant_not_active();
  }

  async function standingIn(tenantId: string): Promise<Standing> {
    const row = await people.tenantByUuid(tenantId);
    if (!row) return 'gone';
    return row.status === 'active' ? 'active' : 'suspended';
  }

  function changed(): void {
    const wereInactive = [...inactive];
    invalidate();
    for (const fn of listeners) fn(wereInactive);
  }

  function invalidate(): void {
    remembered.invalidate();
    inactive.clear();
  }
}
