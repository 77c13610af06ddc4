/** Channels: accounts of other networks that are robots, Telegram among them. */
import { processHasRole } from '#core/kit.ts';
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { channelRoutes } from './routes.ts';
import { type ChannelsScope, channelsServices, publicChannelsServices } from './services.ts';
import type {} from './tables.ts';

export const channels = definePart<ChannelsScope & { config: RobotsConfig }>({
  name: 'channels',
  summary: 'Accounts of other networks that are robots',
  needs: ['robots', 'commands', 'conversations'],
  services: channelsServices,
  publicServices: publicChannelsServices,
  routes: channelRoutes,
  async start({ channelRunner, coreConfig }) {
    if (processHasRole(coreConfig, 'jobs')) channelRunner.start();
  },
  stop: ({ channelRunner }) => channelRunner.stop(),
});
