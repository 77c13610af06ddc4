/** Everything that is held about a person, as one document (GDPR art. 15 and 20). Other plugins add their sections. */
import { isoSeconds } from '#core/kit.ts';
import { coreErrors, type Services } from '#core/plugin.ts';
import { profileView } from '../views.ts';
import type { Account, ApiKeys } from './api-keys.ts';
import type { AuditLog } from './audit-log.ts';
import type { Passkeys } from './passkeys.ts';
import type { People } from './people.ts';

export interface PersonalData {
  export(principal: Account): Promise<Record<string, unknown>>;
}

export function createPersonalData({
  db,
  clock,
  hooks,
  people,
  auditLog,
  apiKeys,
  passkeys,
}: Services & { people: People; auditLog: AuditLog; apiKeys: ApiKeys; passkeys: Passkeys }): PersonalData {
  return {
    async export(principal) {
      const user = await people.userById(principal.userId);
      if (!user) throw coreErrors.forbidden({ message: 'Only accounts can be exported' });
      const sections: Record<string, unknown> = {
        exported_at: isoSeconds(clock.now()),
        profile: profileView(user, principal.tenantId),
        sessions: await db
          .read('auth_sessions')
          .where({ user_id: user.id })
          .select('id', 'method', 'ip', 'user_agent', 'created_at', 'last_used_at', 'revoked_at'),
        api_keys: (await apiKeys.list({ ...principal, roles: [] })).map(({ id, name, created_at }) => ({
          id,
          name,
          created_at,
        })),
        passkeys: await passkeys.list(user.id),
        providers: await db
          .read('auth_oidc_identities')
          .where({ user_id: user.id })
          .select('provider', 'subject', 'created_at'),
        consents: await db
          .read('auth_consents')
          .where({ user_id: user.id })
          .select('type', 'version', 'granted', 'ip', 'user_agent', 'created_at'),
        audit_log: await db
          .read('auth_audit_entries')
          .where({ actor_id: user.uuid })
          .orderBy('id', 'desc')
          .limit(10_000)
          .select('at', 'action', 'target_type', 'target_id', 'ip', 'user_agent'),
      };
      await hooks.run('user.exporting', { user, sections }, async () => {});
      await auditLog.record({ action: 'user.exported', actor: principal, targetType: 'user', targetId: user.uuid });
      return sections;
    },
  };
}
