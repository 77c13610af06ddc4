/**
 * An address that nobody has confirmed may have been registered by somebody else. When its owner shows up, by a link that
 * was mailed there, whatever the other one may have left to come back with ends.
 */
import type { Services, Transaction } from '#core/plugin.ts';
import type { AccountData } from '../account-data.ts';
import type { Links } from '../accounts/links.ts';
import type { People } from '../accounts/people.ts';
import type { UserRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin } from '../contract.ts';

export interface Claims {
  /**
   * Confirms the address for who has just received a mail there. The first time, password, sessions, keys, passkeys,
   * second factor, providers and open invitations end.
   */
  claim(trx: Transaction, user: UserRow, origin: Origin): Promise<void>;
}

export function createClaims({
  clock,
  people,
  links,
  auditLog,
  accountData,
}: Services & { people: People; links: Links; auditLog: AuditLog; accountData: AccountData }): Claims {
  return {
    async claim(trx, user, origin) {
      if (user.email_verified_at !== null) return;
      await people.updateUser(trx, user.id, {
        password_hash: null,
        pending_email: null,
        email_verified_at: clock.now(),
      });
      await people.endSessions(trx, user.id);
      await accountData.revoke(trx, user);
      await links.voidAll(trx, user.id);
      const actor = { kind: 'user', id: user.uuid, tenantId: null };
      await auditLog.record({ action: 'user.address_claimed', actor, ...origin }, trx);
    },
  };
}
