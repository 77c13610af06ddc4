/** Limits of plans, asked before a transaction begins. */
import type { Services } from '#core/plugin.ts';

/** Throws `limit_exceeded` when nothing is left of what the tenant may use. */
export async function refuseOverLimit(usage: Services['usage'], tenantId: string, meter: string): Promise<void> {
  const room = usage.room(tenantId, meter);
  // Says by how much, and throws.
  if ((typeof room === 'string' ? room : await room) === 'none') await usage.consume(null, { tenantId, meter });
}
