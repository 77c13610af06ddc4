/** How the services of API keys are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AccountsOwn } from '../accounts/services.ts';
import type { AuditOwn } from '../audit/services.ts';
import type { AuthGround } from '../services.ts';
import { createApiKeys } from './api-keys.ts';
import { createRootAccess } from './root-access.ts';

export const keysServices = {
  apiKeys: createApiKeys,
  rootAccess: createRootAccess,
};

export interface KeysOwn extends ServicesOf<typeof keysServices> {}

/** What this part sees. */
export interface KeysScope extends AuthGround, AccountsOwn, AuditOwn, KeysOwn {}
