/** How the services of organisations are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsOwn } from '../accounts/services.ts';
import type { AuditOwn } from '../audit/services.ts';
import type { AuthGround } from '../services.ts';
import { createSuspensions } from './suspensions.ts';
import { createTenantSettings } from './tenant-settings.ts';
import { createTenants } from './tenants.ts';

export const organisationsServices = {
  tenants: createTenants,
};

/** Those that the contract names. */
export const organisationsPublicServices = {
  suspensions: createSuspensions,
  tenantSettings: createTenantSettings,
};

export interface OrganisationsOwn
  extends ServicesOf<typeof organisationsServices>,
    ServicesOf<typeof organisationsPublicServices> {}

/** What this part sees. */
export interface OrganisationsScope extends AuthGround, AccountsOwn, AuditOwn, OrganisationsOwn {}
