/** How the services of API keys are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsScope } from '../accounts/services.ts';
import { createApiKeys } from './api-keys.ts';
import { createKeysForOthers } from './keys-for-others.ts';
import { createRights } from './rights.ts';
import { createRootAccess } from './root-access.ts';

export const keysServices = {
  apiKeys: createApiKeys,
  keysForOthers: createKeysForOthers,
  rights: createRights,
  rootAccess: createRootAccess,
};

export interface KeysOwn extends ServicesOf<typeof keysServices> {}

/** What this part sees. */
export interface KeysScope extends AccountsScope, KeysOwn {}
