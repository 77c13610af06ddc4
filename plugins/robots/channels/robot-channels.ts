/** The networks that plugins have brought, Telegram among them. */
import type { Services } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import type { RobotChannel, RobotChannels } from '../contract.ts';
import { createTelegram } from './telegram/channel.ts';

export function createRobotChannels({ outbound, config }: Services & { config: RobotsConfig }): RobotChannels {
  const byName = new Map<string, RobotChannel>();
  add(createTelegram(outbound, config.telegram.apiBase));

  return {
    add,
    list: () => [...byName.values()],
    named: (name) => byName.get(name) ?? null,
  };

  function add(channel: RobotChannel): void {
    if (byName.has(channel.name)) throw new Error(`There are two channels called '${channel.name}'`);
    byName.set(channel.name, channel);
  }
}
