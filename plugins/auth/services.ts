/** How the services of auth are made, by name. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AuthConfig } from './config.ts';
import { createAccounts } from './services/accounts.ts';
import { createAdministration } from './services/administration.ts';
import { createApiKeys } from './services/api-keys.ts';
import { createAuditChains } from './services/audit-chains.ts';
import { createAuditLog } from './services/audit-log.ts';
import { createChallenges } from './services/challenges.ts';
import { createClaims } from './services/claims.ts';
import { createDirectory } from './services/directory.ts';
import { createEmailLinks } from './services/email-links.ts';
import { createErasure } from './services/erasure.ts';
import { createInvitations } from './services/invitations.ts';
import { createKeysForOthers } from './services/keys-for-others.ts';
import { createLinkRequests } from './services/link-requests.ts';
import { createLinks } from './services/links.ts';
import { createMails } from './services/mails.ts';
import { createOidc } from './services/oidc.ts';
import { createOperatorTenant } from './services/operator-tenant.ts';
import { createPageSessions } from './services/page-sessions.ts';
import { createPageTokens } from './services/page-tokens.ts';
import { createPasskeys } from './services/passkeys.ts';
import { createPasswordChanges } from './services/passwords-of-users.ts';
import { createPeople } from './services/people.ts';
import { createPersonalData } from './services/personal-data.ts';
import { createPhoneCodes } from './services/phone-codes.ts';
import { createPhoneSignIn } from './services/phone-sign-in.ts';
import { createProfiles } from './services/profiles.ts';
import { createRegistration } from './services/registration.ts';
import { createRights } from './services/rights.ts';
import { createRootAccess } from './services/root-access.ts';
import { createSecondFactor } from './services/second-factor.ts';
import { createMe } from './services/session-info.ts';
import { createSessions } from './services/sessions.ts';
import { createSessionsOfOthers } from './services/sessions-of-others.ts';
import { createSuspensions } from './services/suspensions.ts';
import { createTenantSettings } from './services/tenant-settings.ts';
import { createTokens } from './services/tokens.ts';
import { createUserChanges } from './services/user-changes.ts';

export const authServices = {
  auditChains: createAuditChains,
  links: createLinks,
  phoneCodes: createPhoneCodes,
  authSms: ({ config }: { config: AuthConfig }) => config.sms,
  mails: createMails,
  linkRequests: createLinkRequests,
  challenges: createChallenges,
  claims: createClaims,
  secondFactor: createSecondFactor,
  tokens: createTokens,
  emailLinks: createEmailLinks,
  apiKeys: createApiKeys,
  keysForOthers: createKeysForOthers,
  rights: createRights,
  rootAccess: createRootAccess,
  profiles: createProfiles,
  pageTokens: createPageTokens,
  pageSessions: createPageSessions,
  me: createMe,
  passkeys: createPasskeys,
  oidc: createOidc,
  invitations: createInvitations,
  personalData: createPersonalData,
  userChanges: createUserChanges,
  sessionsOfOthers: createSessionsOfOthers,
};

export const authPublicServices = {
  people: createPeople,
  suspensions: createSuspensions,
  directory: createDirectory,
  operatorTenant: createOperatorTenant,
  auditLog: createAuditLog,
  accounts: createAccounts,
  sessions: createSessions,
  passwordChanges: createPasswordChanges,
  registration: createRegistration,
  erasure: createErasure,
  administration: createAdministration,
  tenantSettings: createTenantSettings,
  phoneSignIn: createPhoneSignIn,
};

export interface AuthOwn extends ServicesOf<typeof authServices>, ServicesOf<typeof authPublicServices> {}
