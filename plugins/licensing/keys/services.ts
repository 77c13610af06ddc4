/** How the services of keys are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LicensingGround } from '../services.ts';
import { createSigningKeys } from './signing-keys.ts';

export const keysServices = {
  signingKeys: createSigningKeys,
};

export interface KeysOwn extends ServicesOf<typeof keysServices> {}

/** What this part sees. */
export interface KeysScope extends LicensingGround, KeysOwn {}
