/** Rows of the tables of robots and their activation codes. Times are ms since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

export interface RobotRow {
  id: number;
  robot_id: string;
  uuid: string;
  tenant_id: string;
  user_id: number | null;
  name: string;
  channel: string;
  status: 'active' | 'deleted';
  /** JSON of `RobotSettings`. */
  settings: string;
  /** 1: a program has said by the WorkBot API that it answers by itself; 2 until the start after an upgrade has decided. */
  is_autopilot: number;
  /** JSON of the phone; null without one. */
  device: string | null;
  device_id: string | null;
  /** Goes up when its tokens are ended. */
  token_version: number;
  connection: string | null;
  connected_at: number | null;
  is_online: number;
  seen_at: number | null;
  total_messages: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

/**
 * What of a robot changes when somebody changes it, and may be remembered until then. How it stands changes by itself: online
 * or not, the socket, the count of its messages.
 */
export const KNOWN_COLUMNS = [
  ...(['id', 'robot_id', 'uuid', 'tenant_id', 'user_id', 'name', 'channel', 'status'] as const),
  ...(['device_id', 'token_version', 'settings', 'is_autopilot'] as const),
] satisfies (keyof RobotRow)[];
export type KnownRobot = Pick<RobotRow, (typeof KNOWN_COLUMNS)[number]>;

export type CodeStatus = 'unused' | 'used' | 'disabled' | 'expired';

export interface CodeRow {
  id: number;
  code: string;
  tenant_id: string;
  user_id: number | null;
  status: CodeStatus;
  validity_days: number;
  price: number;
  robot: number | null;
  device_id: string | null;
  device: string | null;
  activations: number;
  first_activated_at: number | null;
  last_activated_at: number | null;
  expires_at: number | null;
  created_at: number;
}

export interface CodeHistoryRow {
  id: number;
  code: number;
  what: 'activated' | 'refused' | 'unbound' | 'disabled' | 'expired';
  device_id: string | null;
  actor: string | null;
  ip: string;
  user_agent: string;
  reason: string;
  at: number;
}

export interface RefreshTokenRow {
  token_hash: string;
  robot: number;
  token_version: number;
  parent_hash: string | null;
  /** 1: given to a device that was activated before; the others end when it is used. */
  is_beside: number;
  created_at: number;
  expires_at: number;
  /** When its successor was first used. */
  replaced_at: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_robots: RobotRow;
      robots_codes: CodeRow;
      robots_code_history: CodeHistoryRow;
      robots_refresh_tokens: RefreshTokenRow;
    }
  }
}

/** With all that belongs to them, in steps. */
const BY_ERASURE = { by: 'robots/erasure.ts' };

/** Whose they are. */
export const robotTables = {
  robots_robots: { 'tenant.deleted': BY_ERASURE, 'user.deleted': BY_ERASURE },
  robots_codes: { 'tenant.deleted': BY_ERASURE, 'user.deleted': BY_ERASURE },
  robots_code_history: { 'user.deleted': BY_ERASURE },
} satisfies OwnedTables;
