/** What stands above the parts of auth sees, and tests see: everything of each. */
import type { AuthServices } from './contract.ts';
import type { KeysOwn } from './keys/services.ts';
import type { OrganisationsOwn } from './organisations/services.ts';
import type { SignInScope } from './sign-in/services.ts';

/** Refused where auth has less than its contract says. */
type Giving<Scope extends AuthServices> = Scope;

export type AuthScope = Giving<SignInScope & OrganisationsOwn & KeysOwn>;
