/** How the services of offline licences are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { DevicesOwn } from '../devices/services.ts';
import type { KeysOwn } from '../keys/services.ts';
import type { LicencesOwn } from '../licences/services.ts';
import type { ProductsOwn } from '../products/services.ts';
import type { LicensingGround } from '../services.ts';
import type { VerificationOwn } from '../verification/services.ts';
import { createOfflineFiles } from './offline-files.ts';

export const offlineServices = {
  offlineFiles: createOfflineFiles,
};

export interface OfflineOwn extends ServicesOf<typeof offlineServices> {}

/** What this part sees. */
export interface OfflineScope
  extends LicensingGround,
    ProductsOwn,
    KeysOwn,
    LicencesOwn,
    DevicesOwn,
    VerificationOwn,
    OfflineOwn {}
