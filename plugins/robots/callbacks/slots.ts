/**
 * How much callbacks may take of this process at once: of all places a tenant has half, whatever it has called, and what
 * carries a picture counts for several, because its body is held in memory.
 */
export interface CallbackSlots {
  /** Gives a function that leaves again; null when it has to come later. */
  enter(tenantId: string, weight: number): (() => void) | null;
}

/** As many jobs as run at once. */
export const SLOTS = 40;
const OF_TENANT = SLOTS / 2;

export function createCallbackSlots(): CallbackSlots {
  const byTenant = new Map<string, number>();
  let taken = 0;

  return {
    enter(tenantId, weight) {
      const own = byTenant.get(tenantId) ?? 0;
      if (taken + weight > SLOTS || own + weight > OF_TENANT) return null;
      change(tenantId, weight);
      return () => change(tenantId, -weight);
    },
  };

  function change(tenantId: string, by: number): void {
    taken += by;
    const own = (byTenant.get(tenantId) ?? 0) + by;
    if (own > 0) byTenant.set(tenantId, own);
    else byTenant.delete(tenantId);
  }
}
