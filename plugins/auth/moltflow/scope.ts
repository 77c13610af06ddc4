/** What the routes of MoltFlow see: the parts whose paths they are. */
import type { AccountsOwn } from '../accounts/services.ts';
import type { AuditOwn } from '../audit/services.ts';
import type { KeysOwn } from '../keys/services.ts';
import type { OrganisationsOwn } from '../organisations/services.ts';
import type { RegistrationOwn } from '../registration/services.ts';
import type { AuthGround } from '../services.ts';
import type { SessionsOwn } from '../sessions/services.ts';
import type { SignInOwn } from '../sign-in/services.ts';

export interface MoltflowScope
  extends AuthGround,
    AccountsOwn,
    AuditOwn,
    KeysOwn,
    OrganisationsOwn,
    RegistrationOwn,
    SessionsOwn,
    SignInOwn {}
