/** Whether texts of a tenant may leave the server: its setting `ai_consent_enabled`, which is off until somebody turns it on. */
import type { AuthServices } from '#plugins/auth/contract.ts';
import { aiErrors } from './errors.ts';

export async function hasConsent(
  tenantId: string,
  { tenantSettings }: Pick<AuthServices, 'tenantSettings'>,
): Promise<boolean> {
  return (await tenantSettings.read(tenantId)).ai_consent_enabled === true;
}

/** Throws `no_consent`. */
export async function refuseWithoutConsent(
  tenantId: string,
  services: Pick<AuthServices, 'tenantSettings'>,
): Promise<void> {
  if (!(await hasConsent(tenantId, services))) throw aiErrors.no_consent();
}
