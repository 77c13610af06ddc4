/** How the services of rights are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsOwn } from '../accounts/services.ts';
import type { KeysOwn } from '../keys/services.ts';
import type { AuthGround } from '../services.ts';
import { createKeysForOthers } from './keys-for-others.ts';
import { createRights } from './rights.ts';

export const rightsServices = {
  keysForOthers: createKeysForOthers,
  rights: createRights,
};

export interface RightsOwn extends ServicesOf<typeof rightsServices> {}

/** What this part sees. */
export interface RightsScope extends AuthGround, AccountsOwn, KeysOwn, RightsOwn {}
