/** How the services of accounts are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AuditScope } from '../audit/services.ts';
import { createAdministration } from './administration.ts';
import { createAdmission } from './admission.ts';
import { createDirectory } from './directory.ts';
import { createErasure } from './erasure.ts';
import { createInvitations } from './invitations.ts';
import { createLinks } from './links.ts';
import { createMails } from './mails.ts';
import { createOperatorTenant } from './operator-tenant.ts';
import { createPasswordLinks } from './password-links.ts';
import { createPeople } from './people.ts';
import { createPersonalData } from './personal-data.ts';
import { createProfiles } from './profiles.ts';
import { createRegistration } from './registration.ts';
import { createUserChanges } from './user-changes.ts';

export const accountsServices = {
  admission: createAdmission,
  invitations: createInvitations,
  links: createLinks,
  mails: createMails,
  passwordLinks: createPasswordLinks,
  personalData: createPersonalData,
  profiles: createProfiles,
  userChanges: createUserChanges,
};

/** Those that the contract names. */
export const accountsPublicServices = {
  administration: createAdministration,
  directory: createDirectory,
  erasure: createErasure,
  operatorTenant: createOperatorTenant,
  people: createPeople,
  registration: createRegistration,
};

export interface AccountsOwn extends ServicesOf<typeof accountsServices>, ServicesOf<typeof accountsPublicServices> {}

/** What this part sees. */
export interface AccountsScope extends AuditScope, AccountsOwn {}
