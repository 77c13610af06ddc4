/** How the services of offline and floating licences are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { DevicesScope } from '../devices/services.ts';
import { createLeases } from './leases.ts';
import { createOfflineFiles } from './offline-files.ts';
import { createSigningKeys } from './signing-keys.ts';

export const offlineServices = {
  leases: createLeases,
  offlineFiles: createOfflineFiles,
  signingKeys: createSigningKeys,
};

export interface OfflineOwn extends ServicesOf<typeof offlineServices> {}

/** What this part sees. */
export interface OfflineScope extends DevicesScope, OfflineOwn {}
