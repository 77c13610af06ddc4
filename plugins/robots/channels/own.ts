/** The services of channels by name. */
import type { ChannelRobots } from './channel-robots.ts';
import type { ChannelNames } from './names.ts';
import type { ChannelRunner } from './runner.ts';

export interface ChannelsOwn {
  channelNames: ChannelNames;
  channelRobots: ChannelRobots;
  channelRunner: ChannelRunner;
}
