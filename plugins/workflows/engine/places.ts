/** Who has a place in this process: executions that run, or are being read from the database. */
import type { WorkflowsConfig } from '../config.ts';
import type { Execution } from './run.ts';

type Holder = Pick<Execution, 'id' | 'tenant_id'>;

export interface Places {
  reserve(execution: Holder): void;
  release(execution: Holder): void;
  has(id: string): boolean;
  ids(): string[];
  /** Places that are free; 0 or less when there are none. */
  left(): number;
  hasRoom(tenantId: string): boolean;
  /** Tenants that have as many as they may. */
  fullTenants(): string[];
}

export function createPlaces({ maxRunning, maxPerTenant }: WorkflowsConfig): Places {
  const taken = new Set<string>();
  const perTenant = new Map<string, number>();
  return {
    reserve({ id, tenant_id }) {
      taken.add(id);
      perTenant.set(tenant_id, (perTenant.get(tenant_id) ?? 0) + 1);
    },
    release({ id, tenant_id }) {
      taken.delete(id);
      const left = (perTenant.get(tenant_id) ?? 1) - 1;
      if (left > 0) perTenant.set(tenant_id, left);
      else perTenant.delete(tenant_id);
    },
    has: (id) => taken.has(id),
    ids: () => [...taken],
    left: () => maxRunning - taken.size,
    hasRoom: (tenantId) => taken.size < maxRunning && (perTenant.get(tenantId) ?? 0) < maxPerTenant,
    fullTenants: () => [...perTenant].filter(([, count]) => count >= maxPerTenant).map(([tenantId]) => tenantId),
  };
}
