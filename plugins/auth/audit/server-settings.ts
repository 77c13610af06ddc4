/** Who changed which settings of the server: not to what, since that may be a secret. */
import type { HookHandler } from '#core/plugin.ts';
import type { AuditScope } from './services.ts';

export async function recordSettings(
  { trx, principal, area, version, changed, ip, userAgent }: Parameters<HookHandler<'settings.saving'>>[0],
  next: () => Promise<void>,
  { auditLog }: AuditScope,
): Promise<void> {
  await next();
  const detail = { version, changed };
  await auditLog.record(
    {
      action: 'server.settings_changed',
      actor: principal,
      targetType: 'settings',
      targetId: area,
      ip,
      userAgent,
      detail,
    },
    trx,
  );
}
