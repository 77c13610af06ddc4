/**
 * Links to a new password that a super-admin gives by hand, as on a server that sends no mail. Who has one is in: owners and
 * admins, who may not change an address either, make none.
 */
import type { Principal, Services } from '#core/plugin.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { Links } from './links.ts';
import { RESET_PAGE } from './mails.ts';
import type { UserChanges } from './user-changes.ts';

export interface PasswordLinks {
  /** The link is shown this once, and takes the place of earlier ones. Throws `not_found`, `account_suspended`. */
  make(actor: Principal, uuid: string, origin: Origin): Promise<string>;
}

export function createPasswordLinks({
  db,
  coreConfig,
  links,
  auditLog,
  userChanges,
}: Services & { links: Links; auditLog: AuditLog; userChanges: UserChanges }): PasswordLinks {
  return {
    async make(actor, uuid, { ip, userAgent }) {
      const { id, status } = await userChanges.find(actor, uuid);
      if (status !== 'active') throw authErrors.account_suspended();
      const token = await db.transaction(async (trx) => {
        const target = { targetType: 'user', targetId: uuid };
        await auditLog.record({ action: 'password.link_made', actor, ...target, ip, userAgent }, trx);
        // Without an address: what was not mailed there proves nothing of it.
        return links.make(trx, 'reset', { userId: id });
      });
      return `${coreConfig.http.publicUrl}${RESET_PAGE}?token=${encodeURIComponent(token)}`;
    },
  };
}
