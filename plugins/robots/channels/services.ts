/** How the services of channels are made. */
import type { FactoriesOf } from '#core/plugin.ts';
import type { RobotsScope } from '../scope.ts';
import { createChannelRobots } from './channel-robots.ts';
import { createChannelNames } from './names.ts';
import type { ChannelsOwn } from './own.ts';
import { createChannelRunner } from './runner.ts';

export const channelServices = {
  channelNames: createChannelNames,
  channelRobots: createChannelRobots,
  channelRunner: createChannelRunner,
} satisfies FactoriesOf<ChannelsOwn, RobotsScope>;
