/** Limits of plans, asked before a transaction begins. */
import { isAppError } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';

/** Throws `limit_exceeded` when less is left of what the tenant may use. */
export async function refuseOverLimit(
  usage: Services['usage'],
  tenantId: string,
  meter: string,
  amount = 1,
): Promise<void> {
  const asked = usage.room(tenantId, meter);
  const room = typeof asked === 'string' ? asked : await asked;
  if (room === 'unlimited' || (room === 'left' && (amount === 1 || (await leftOf(usage, tenantId, meter)) >= amount)))
    return;
  const use = { tenantId, meter, amount };
  // Says by how much, and throws; unless something was freed, which is counted when it is used.
  await usage.consume(null, use);
  await usage.giveBack(null, use);
}

/** The refusal, for who asks before they know whether it is a repeat of what was done: null while enough is left. */
export async function refusalOverLimit(...wish: Parameters<typeof refuseOverLimit>): Promise<Error | null> {
  try {
    await refuseOverLimit(...wish);
    return null;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

/** How much is left; infinite without a limit. */
export async function leftOf(usage: Services['usage'], tenantId: string, meter: string): Promise<number> {
  const room = await usage.room(tenantId, meter);
  if (room !== 'left') return room === 'none' ? 0 : Number.POSITIVE_INFINITY;
  return (await usage.level(tenantId, meter)).remaining ?? Number.POSITIVE_INFINITY;
}
