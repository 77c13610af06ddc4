/** What the inside of auth sees: the platform's services, and its own. */
import type { Services } from '#core/plugin.ts';
import type { Accounts } from './services/accounts.ts';
import type { Administration } from './services/administration.ts';
import type { ApiKeys } from './services/api-keys.ts';
import type { AuditChains } from './services/audit-chains.ts';
import type { AuditLog } from './services/audit-log.ts';
import type { Challenges } from './services/challenges.ts';
import type { Claims } from './services/claims.ts';
import type { Directory } from './services/directory.ts';
import type { EmailLinks } from './services/email-links.ts';
import type { Erasure } from './services/erasure.ts';
import type { Invitations } from './services/invitations.ts';
import type { KeysForOthers } from './services/keys-for-others.ts';
import type { LinkRequests } from './services/link-requests.ts';
import type { Links } from './services/links.ts';
import type { Mails } from './services/mails.ts';
import type { Me } from './services/me.ts';
import type { Oidc } from './services/oidc.ts';
import type { OperatorTenant } from './services/operator-tenant.ts';
import type { PageSessions } from './services/page-sessions.ts';
import type { PageTokens } from './services/page-tokens.ts';
import type { Passkeys } from './services/passkeys.ts';
import type { PasswordChanges } from './services/passwords-of-users.ts';
import type { People } from './services/people.ts';
import type { PersonalData } from './services/personal-data.ts';
import type { Profiles } from './services/profiles.ts';
import type { Registration } from './services/registration.ts';
import type { Rights } from './services/rights.ts';
import type { RootAccess } from './services/root-access.ts';
import type { SecondFactor } from './services/second-factor.ts';
import type { Sessions } from './services/sessions.ts';
import type { SessionsOfOthers } from './services/sessions-of-others.ts';
import type { TenantSettings } from './services/tenant-settings.ts';
import type { Tokens } from './services/tokens.ts';
import type { UserChanges } from './services/user-changes.ts';

/** The services of auth by name. */
export interface AuthOwn {
  accounts: Accounts;
  administration: Administration;
  apiKeys: ApiKeys;
  auditChains: AuditChains;
  auditLog: AuditLog;
  challenges: Challenges;
  claims: Claims;
  directory: Directory;
  emailLinks: EmailLinks;
  erasure: Erasure;
  invitations: Invitations;
  keysForOthers: KeysForOthers;
  linkRequests: LinkRequests;
  links: Links;
  mails: Mails;
  me: Me;
  oidc: Oidc;
  pageSessions: PageSessions;
  pageTokens: PageTokens;
  passkeys: Passkeys;
  passwordChanges: PasswordChanges;
  operatorTenant: OperatorTenant;
  people: People;
  personalData: PersonalData;
  registration: Registration;
  rights: Rights;
  rootAccess: RootAccess;
  secondFactor: SecondFactor;
  sessions: Sessions;
  sessionsOfOthers: SessionsOfOthers;
  profiles: Profiles;
  tenantSettings: TenantSettings;
  tokens: Tokens;
  userChanges: UserChanges;
}

export interface AuthScope extends Services, AuthOwn {}
