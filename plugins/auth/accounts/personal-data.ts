/** Everything that is held about a person, as one document (GDPR art. 15 and 20). Other parts and plugins add their sections. */
import { isoSeconds } from '#core/kit.ts';
import { coreErrors, type Services } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { AccountData } from '../account-data.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { People } from './people.ts';
import { profileView } from './views.ts';

export interface PersonalData {
  export(principal: Account): Promise<Record<string, unknown>>;
}

export function createPersonalData({
  clock,
  hooks,
  people,
  auditLog,
  accountData,
}: Services & { people: People; auditLog: AuditLog; accountData: AccountData }): PersonalData {
  return {
    async export(principal) {
      const user = await people.userById(principal.userId);
      if (!user) throw coreErrors.forbidden({ message: 'Only accounts can be exported' });
      const sections: Record<string, unknown> = {
        exported_at: isoSeconds(clock.now()),
        profile: profileView(user, principal.tenantId),
        ...(await accountData.export(user)),
      };
      await hooks.run('user.exporting', { user, sections }, async () => {});
      await auditLog.record({ action: 'user.exported', actor: principal, targetType: 'user', targetId: user.uuid });
      return sections;
    },
  };
}
