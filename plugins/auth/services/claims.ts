/**
 * An address that nobody has confirmed may have been registered by somebody else. When its owner shows up, by a link that
 * was mailed there, whatever the other one may have left to come back with ends.
 */
import type { Services, Transaction } from '#core/plugin.ts';
import type { Origin } from '../contract.ts';
import type { UserRow } from '../tables.ts';
import type { AuditLog } from './audit-log.ts';
import type { Links } from './links.ts';
import type { People } from './people.ts';

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
}: Services & { people: People; links: Links; auditLog: AuditLog }): Claims {
  return {
    async claim(trx, user, origin) {
      if (user.email_verified_at !== null) return;
      const now = clock.now();
      const mine = { user_id: user.id };
      await people.updateUser(trx, user.id, { password_hash: null, pending_email: null, email_verified_at: now });
      await people.endSessions(trx, user.id);
      await trx('auth_api_keys').where(mine).orWhere({ made_by: user.id }).update({ revoked_at: now });
      for (const table of ['auth_passkeys', 'auth_totp', 'auth_recovery_codes', 'auth_oidc_identities'] as const)
        await trx(table).where(mine).delete();
      await trx('auth_invitations').where({ invited_by: user.id, accepted_at: null }).delete();
      await links.voidAll(trx, user.id);
      const actor = { kind: 'user', id: user.uuid, tenantId: null };
      await auditLog.record({ action: 'user.address_claimed', actor, ...origin }, trx);
    },
  };
}
