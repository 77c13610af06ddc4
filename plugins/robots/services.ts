/** What every part of robots sees: the platform, what auth gives, and the ground floor. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { RobotsConfig } from './config.ts';

export const groundServices = {
  robotsConfig: ({ config }: { config: RobotsConfig }) => config,
};

export interface RobotsGround extends Services, AuthServices, ServicesOf<typeof groundServices> {}
