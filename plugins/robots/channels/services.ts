/** How the services of channels are made. */
import type { ServicesOf } from '#core/plugin.ts';
import { createChannelRobots } from './channel-robots.ts';
import { createChannelNames } from './names.ts';
import { createChannelRunner } from './runner.ts';

export const channelServices = {
  channelNames: createChannelNames,
  channelRobots: createChannelRobots,
  channelRunner: createChannelRunner,
};

export interface ChannelsOwn extends ServicesOf<typeof channelServices> {}
