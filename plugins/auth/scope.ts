/** What stands above the parts of auth sees, and tests see: everything of each. */

import type { AccountsOwn } from './accounts/services.ts';
import type { AuditOwn } from './audit/services.ts';
import type { AuthServices } from './contract.ts';
import type { FactorsOwn } from './factors/services.ts';
import type { KeysOwn } from './keys/services.ts';
import type { OrganisationsOwn } from './organisations/services.ts';
import type { RegistrationOwn } from './registration/services.ts';
import type { RightsOwn } from './rights/services.ts';
import type { AuthGround } from './services.ts';
import type { SessionsOwn } from './sessions/services.ts';
import type { SignInOwn } from './sign-in/services.ts';
import type { SingleSignOnOwn } from './single-sign-on/services.ts';

/** Refused where auth has less than its contract says. */
type Giving<Scope extends AuthServices> = Scope;

export type AuthScope = Giving<
  AuthGround &
    AuditOwn &
    AccountsOwn &
    OrganisationsOwn &
    KeysOwn &
    RightsOwn &
    SessionsOwn &
    FactorsOwn &
    RegistrationOwn &
    SingleSignOnOwn &
    SignInOwn
>;
