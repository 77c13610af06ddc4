/** What the audit log calls what was done, in words. */
import { useTranslation } from 'react-i18next';

/** Those that one can filter by; other plugins write their own. */
export const ACTIONS: readonly string[] = [
  'api_key.created',
  'api_key.revoked',
  'api_key.rotated',
  'audit.accepted',
  'checkout.confirmed',
  'invitation.created',
  'invitation.revoked',
  'invoice.confirmed',
  'operator_tenant.changed',
  'passkey.added',
  'passkey.removed',
  'password.changed',
  'password.link_made',
  'password.reset',
  'password.reset_requested',
  'robot.created',
  'robot_codes.generated',
  'root_token.refused',
  'root_token.used',
  'server.settings_changed',
  'session.all_ended',
  'session.ended',
  'session.others_ended',
  'session.renewed',
  'session.token_reused',
  'tenant.changed',
  'tenant.deleted',
  'tenant.settings_changed',
  'totp.disabled',
  'totp.enabled',
  'user.activated',
  'user.address_claimed',
  'user.changed',
  'user.created',
  'user.deleted',
  'user.email_changed',
  'user.erased',
  'user.exported',
  'user.origin_forgotten',
  'user.profile_changed',
  'user.provider_linked',
  'user.session_ended',
  'user.sessions_ended',
  'user.sign_in_failed',
  'user.signed_in',
  'user.suspended',
];

/** An action that has no words here is shown as its code. */
export function useActionText(): (action: string) => string {
  const { t } = useTranslation('auth');
  return (action) => t(`action.${action.replaceAll('.', '_')}`, { defaultValue: action });
}
