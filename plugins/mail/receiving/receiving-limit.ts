/**
 * The receiving limit: mail that is received, counted against its tenant's plan: once it is parsed, and in memory, since receiving is what must
 * never wait. While nobody is over a limit a recipient costs no look; a tenant that is gets no more mail, for now.
 */
import { messageOf, type Room } from '#core/kit.ts';
import type { Meter, Services, Transaction } from '#core/plugin.ts';
import type { OwnAddress } from '../contract.ts';
import { RECEIVED } from './activity.ts';

const MAILS_RECEIVED = 'mails_received';

export const RECEIVED_METER: Meter = {
  name: MAILS_RECEIVED,
  summary: 'Mails received, one for each mailbox',
  period: 'month',
};

export interface ReceivingLimit {
  /** Counts messages, once the transaction that stores them has committed. */
  count(trx: Transaction, mailboxes: readonly { tenant_id: string | null }[]): void;
  /** Whether the tenant of this mailbox has had all the mail of its plan, as far as this process knows. */
  isReached(own: OwnAddress): boolean | Promise<boolean>;
}

export function createReceivingLimit({ db, usage, activity, log }: Services): ReceivingLimit {
  /** Tenants over their limit; looked at again whenever mail for them comes. */
  const reached = new Set<string>();

  return {
    count(trx, mailboxes) {
      const counts = new Map<string | null, number>();
      for (const { tenant_id } of mailboxes) counts.set(tenant_id, (counts.get(tenant_id) ?? 0) + 1);
      db.afterCommit(trx, () => {
        for (const [tenantId, amount] of counts) {
          activity.note({ name: RECEIVED, tenantId, amount });
          if (tenantId === null) continue;
          usage.note({ tenantId, meter: MAILS_RECEIVED, amount });
          refresh(tenantId);
        }
      });
    },
    isReached(own) {
      return reached.size === 0 ? false : isReachedBy(own);
    },
  };

  function refresh(tenantId: string): void {
    const room = usage.room(tenantId, MAILS_RECEIVED);
    if (!(room instanceof Promise)) {
      remember(tenantId, room);
      return;
    }
    room.then(
      (found) => remember(tenantId, found),
      (error) =>
        log.warn({ tenant: tenantId, reason: messageOf(error) }, 'The limit of a tenant could not be looked up'),
    );
  }

  function remember(tenantId: string, room: Room): void {
    if (room === 'none') reached.add(tenantId);
    else reached.delete(tenantId);
  }

  async function isReachedBy({ address }: OwnAddress): Promise<boolean> {
    const mailbox = await db.read('mail_mailboxes').where({ address }).first('tenant_id');
    const tenantId = mailbox?.tenant_id ?? null;
    if (tenantId === null || !reached.has(tenantId)) return false;
    const room = await usage.room(tenantId, MAILS_RECEIVED);
    remember(tenantId, room);
    return room === 'none';
  }
}
