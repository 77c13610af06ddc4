/** Rows of the tables of channels. Times are ms since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

export interface ChannelRobotRow {
  robot: number;
  channel: string;
  account: string;
  /** Sealed JSON. */
  config: string;
  configured: string | null;
  place: string | null;
  leased_by: string | null;
  leased_until: number;
  problem: string;
}

export interface ChannelNameRow {
  tenant_id: string;
  channel: string;
  name: string;
  address: string;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_channel_robots: ChannelRobotRow;
      robots_channel_names: ChannelNameRow;
    }
  }
}

/** Whose they are. */
export const channelTables = {
  robots_channel_names: { 'tenant.deleted': { by: 'channels/names.ts' } },
} satisfies OwnedTables;
