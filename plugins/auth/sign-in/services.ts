/** How the services of sign-in are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsOwn } from '../accounts/services.ts';
import type { AuditOwn } from '../audit/services.ts';
import type { AuthConfig } from '../config.ts';
import type { FactorsOwn } from '../factors/services.ts';
import type { RegistrationOwn } from '../registration/services.ts';
import type { AuthGround } from '../services.ts';
import type { SessionsOwn } from '../sessions/services.ts';
import type { SingleSignOnOwn } from '../single-sign-on/services.ts';
import { createAccounts } from './accounts.ts';
import { createClaims } from './claims.ts';
import { createEmailLinks } from './email-links.ts';
import { createLinkRequests } from './link-requests.ts';
import { createPasswordChanges } from './password-changes.ts';
import { createPhoneCodes } from './phone-codes.ts';
import { createPhoneSignIn } from './phone-sign-in.ts';
import { createMe } from './session-info.ts';

export const signInServices = {
  authSms: ({ config }: { config: AuthConfig }) => config.sms,
  claims: createClaims,
  emailLinks: createEmailLinks,
  linkRequests: createLinkRequests,
  me: createMe,
  phoneCodes: createPhoneCodes,
};

/** Those that the contract names. */
export const signInPublicServices = {
  accounts: createAccounts,
  passwordChanges: createPasswordChanges,
  phoneSignIn: createPhoneSignIn,
};

export interface SignInOwn extends ServicesOf<typeof signInServices>, ServicesOf<typeof signInPublicServices> {}

/** What this part sees. */
export interface SignInScope
  extends AuthGround,
    AccountsOwn,
    AuditOwn,
    FactorsOwn,
    RegistrationOwn,
    SessionsOwn,
    SingleSignOnOwn,
    SignInOwn {}
