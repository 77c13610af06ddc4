/** How the services of channels are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { CommandsOwn } from '../commands/services.ts';
import type { ConversationsOwn } from '../conversations/services.ts';
import type { RobotsOwn } from '../robots/services.ts';
import type { RobotsGround } from '../services.ts';
import { createChannelRobots } from './channel-robots.ts';
import { createRobotChannels } from './robot-channels.ts';
import { createChannelRunner } from './runner.ts';

export const channelsServices = {
  channelRobots: createChannelRobots,
  channelRunner: createChannelRunner,
};

/** Those that other plugins see too. */
export const publicChannelsServices = { robotChannels: createRobotChannels };

export interface ChannelsOwn extends ServicesOf<typeof channelsServices>, ServicesOf<typeof publicChannelsServices> {}

/** What this part sees. */
export interface ChannelsScope extends RobotsGround, RobotsOwn, CommandsOwn, ConversationsOwn, ChannelsOwn {}
