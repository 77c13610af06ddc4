/** Rows of the tables of channels. Times are ms since the epoch. */
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

declare global {
  namespace Patchbay {
    interface Tables {
      robots_channel_robots: ChannelRobotRow;
    }
  }
}
