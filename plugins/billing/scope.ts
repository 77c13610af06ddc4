/** What the inside of billing sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { BillingOwn } from './services.ts';

export interface BillingScope extends Services, AuthServices, BillingOwn {}
