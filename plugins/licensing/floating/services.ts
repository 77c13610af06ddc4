/** How the services of floating licences are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LicencesOwn } from '../licences/services.ts';
import type { ProductsOwn } from '../products/services.ts';
import type { LicensingGround } from '../services.ts';
import type { VerificationOwn } from '../verification/services.ts';
import { createLeases } from './leases.ts';

export const floatingServices = {
  leases: createLeases,
};

export interface FloatingOwn extends ServicesOf<typeof floatingServices> {}

/** What this part sees. */
export interface FloatingScope extends LicensingGround, ProductsOwn, LicencesOwn, VerificationOwn, FloatingOwn {}
