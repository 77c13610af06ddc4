/** What the API of the licence document sees. */
import type { DevicesOwn } from '../devices/services.ts';
import type { LicencesOwn } from '../licences/services.ts';
import type { ProductsOwn } from '../products/services.ts';
import type { LicensingGround } from '../services.ts';
import type { VerificationOwn } from '../verification/services.ts';

export interface DialectScope extends LicensingGround, ProductsOwn, LicencesOwn, DevicesOwn, VerificationOwn {}
