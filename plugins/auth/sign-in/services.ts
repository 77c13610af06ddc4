/** How the services of sign-in are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import type { FactorsScope } from '../factors/services.ts';
import { createAccounts } from './accounts.ts';
import { createClaims } from './claims.ts';
import { createEmailLinks } from './email-links.ts';
import { createLinkRequests } from './link-requests.ts';
import { createOidc } from './oidc.ts';
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
  oidc: createOidc,
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
export interface SignInScope extends FactorsScope, SignInOwn {}
