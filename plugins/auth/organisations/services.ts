/** How the services of organisations are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsScope } from '../accounts/services.ts';
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
export interface OrganisationsScope extends AccountsScope, OrganisationsOwn {}
