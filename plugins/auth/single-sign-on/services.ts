/** How the services of single sign-on are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsOwn } from '../accounts/services.ts';
import type { AuditOwn } from '../audit/services.ts';
import type { FactorsOwn } from '../factors/services.ts';
import type { RegistrationOwn } from '../registration/services.ts';
import type { AuthGround } from '../services.ts';
import type { SessionsOwn } from '../sessions/services.ts';
import { createOidc } from './oidc.ts';

export const singleSignOnServices = {
  oidc: createOidc,
};

export interface SingleSignOnOwn extends ServicesOf<typeof singleSignOnServices> {}

/** What this part sees. */
export interface SingleSignOnScope
  extends AuthGround,
    AccountsOwn,
    AuditOwn,
    FactorsOwn,
    RegistrationOwn,
    SessionsOwn,
    SingleSignOnOwn {}
