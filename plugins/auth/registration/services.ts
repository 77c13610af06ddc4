/** How the services of registration are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsOwn } from '../accounts/services.ts';
import type { AuditOwn } from '../audit/services.ts';
import type { AuthGround } from '../services.ts';
import type { SessionsOwn } from '../sessions/services.ts';
import { createInvitations } from './invitations.ts';
import { createRegistration } from './registration.ts';

export const registrationServices = {
  invitations: createInvitations,
};

/** Those that the contract names. */
export const registrationPublicServices = {
  registration: createRegistration,
};

export interface RegistrationOwn
  extends ServicesOf<typeof registrationServices>,
    ServicesOf<typeof registrationPublicServices> {}

/** What this part sees. */
export interface RegistrationScope extends AuthGround, AccountsOwn, AuditOwn, SessionsOwn, RegistrationOwn {}
