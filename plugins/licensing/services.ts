/** What every part of licensing sees: the platform, what auth gives, and the configuration. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { LicensingConfig } from './config.ts';

export const groundServices = {
  licensingConfig: ({ config }: { config: LicensingConfig }) => config,
};

export interface LicensingGround extends Services, AuthServices, ServicesOf<typeof groundServices> {}
