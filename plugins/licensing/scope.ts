/** What the inside of licensing sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { LicensingOwn } from './services.ts';

export interface LicensingScope extends Services, AuthServices, LicensingOwn {}
