/** Slots: who has a place in this process: executions that run, or are being read from the database. */
import type { WorkflowsConfig } from '../config.ts';
import type { Execution } from './records.ts';

type Holder = Pick<Execution, 'id' | 'tenant_id'>;

export interface Slots {
  reserve(execution: Holder): void;
  release(execution: Holder): void;
  has(id: string): boolean;
  ids(): string[];
  /** Slots that are free; 0 or less when there are none. */
  left(): number;
  /**
   * Whether the tenant may have one more. Beside others it gets no more than it leaves: half of all when there are two,
   * so that whoever comes next finds a place as well.
   */
  hasRoom(tenantId: string): boolean;
  /** Tenants of those that have places which get no more for now. */
  fullTenants(): string[];
}

export function createSlots({ maxRunning, maxPerTenant }: WorkflowsConfig): Slots {
  const taken = new Set<string>();
  const perTenant = new Map<string, number>();
  const left = (): number => maxRunning - taken.size;
  return {
    reserve({ id, tenant_id }) {
      taken.add(id);
      perTenant.set(tenant_id, (perTenant.get(tenant_id) ?? 0) + 1);
    },
    release({ id, tenant_id }) {
      taken.delete(id);
      const rest = (perTenant.get(tenant_id) ?? 1) - 1;
      if (rest > 0) perTenant.set(tenant_id, rest);
      else perTenant.delete(tenant_id);
    },
    has: (id) => taken.has(id),
    ids: () => [...taken],
    left,
    hasRoom,
    fullTenants: () => [...perTenant.keys()].filter((tenantId) => !hasRoom(tenantId)),
  };

  function hasRoom(tenantId: string): boolean {
    const own = perTenant.get(tenantId) ?? 0;
    if (left() <= 0 || own >= maxPerTenant) return false;
    const isAlone = taken.size === own;
    return isAlone || own < left();
  }
}
