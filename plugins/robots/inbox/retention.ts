/** Messages that a tenant keeps for so many days alone: the older ones are erased, in bounded steps. Table: robots_messages. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { ERASED_AT_ONCE, type MessageErasure } from './message-erasure.ts';
import type { InboxRulesByTenant } from './rules.ts';

export interface Retention {
  /** Erases what is too old, in so many steps at most; gives how many messages. What is left goes the next time. */
  sweep(steps: number): Promise<number>;
}

const DAY_MS = 24 * 3600_000;

export function createRetention({
  db,
  clock,
  inboxRules,
  messageErasure,
}: Services & AuthServices & { inboxRules: InboxRulesByTenant; messageErasure: MessageErasure }): Retention {
  return {
    async sweep(steps) {
      let gone = 0;
      let left = steps;
      for (let tenant = await tenantAfter(''); tenant !== null && left > 0; tenant = await tenantAfter(tenant)) {
        const { messageDays } = await inboxRules.of(tenant);
        if (messageDays === 0) continue;
        const before = clock.now() - messageDays * DAY_MS;
        for (let some = ERASED_AT_ONCE; some === ERASED_AT_ONCE && left > 0; left--) {
          some = await messageErasure.eraseSome((rows) =>
            rows.where({ tenant_id: tenant }).where('created_at', '<', before).orderBy('created_at'),
          );
          gone += some;
        }
      }
      return gone;
    },
  };

  /** From one tenant to the next by the index: messages are not read. */
  async function tenantAfter(tenant: string): Promise<string | null> {
    const row = await db
      .read('robots_messages')
      .where('tenant_id', '>', tenant)
      .orderBy('tenant_id')
      .first('tenant_id');
    return row?.tenant_id ?? null;
  }
}
