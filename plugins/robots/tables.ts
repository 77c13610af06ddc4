/** Rows of the tables of robots. Times are ms since the epoch. */
import type { CommandOrigin } from './contract.ts';

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
  ...(['device_id', 'token_version'] as const),
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

export type CommandStatus = 'pending' | 'dispatched' | 'succeeded' | 'failed' | 'expired';

export interface CommandRow {
  id: number;
  command_id: string;
  robot: number;
  tenant_id: string;
  code: number;
  type: string;
  params: string;
  recipient: string;
  priority: number;
  status: CommandStatus;
  source: CommandOrigin;
  tries: number;
  max_retries: number;
  failures: number;
  /** Not offered before this; 0: at once. */
  due_at: number;
  offered_over: string | null;
  offered_at: number | null;
  created_at: number;
  expires_at: number;
  finished_at: number | null;
  result: string | null;
}

export interface ContactRow {
  id: number;
  uuid: string;
  tenant_id: string;
  channel: string;
  /** The robot on which the name was heard, where the channel knows people by names alone; else 0: it is the tenant's. */
  robot: number;
  name: string;
  fields: string;
  notes: string;
  consent: 'unknown' | 'given' | 'refused';
  opted_out: number;
  merged_into: number | null;
  last_seen_at: number;
  created_at: number;
  updated_at: number;
}

/** A person in the inbox, one on the robot's phone, somebody who bears the robot's name, the switch, a handover, a loop. */
export type PausedBy = 'person' | 'phone' | 'name' | 'switch' | 'handover' | 'loop';

export type ConversationState = 'open' | 'pending' | 'snoozed' | 'closed';

export interface ConversationRow {
  id: number;
  uuid: string;
  tenant_id: string;
  robot: number;
  contact: number;
  group_name: string;
  person: string;
  room_type: number;
  state: ConversationState;
  unread: number;
  last_message_at: number;
  last_text: string;
  waiting_since: number | null;
  paused_until: number | null;
  /** What has paused them; null when nothing has. */
  paused_by: PausedBy | null;
  /** The person (integer key) and the team that look after it. */
  assignee: number | null;
  team: number | null;
  snoozed_until: number | null;
  /** Changes whenever it is opened. */
  opening: string | null;
  handed_over_at: number | null;
  /** End of the closed hours for which the contact has been told that nobody is there. */
  away_until: number | null;
  /** When the loop guard stopped automatic answers. */
  looped_at: number | null;
  rating: number | null;
  rating_asked_at: number | null;
  last_in: string | null;
  repeats: number;
  heard: number;
  window_at: number;
  created_at: number;
  updated_at: number;
}

export type Author = 'contact' | 'robot' | 'person' | 'phone' | 'note';

export interface MessageRow {
  id: number;
  message_id: string;
  tenant_id: string;
  robot: number;
  conversation: number;
  direction: 'in' | 'out';
  author: Author;
  user_id: number | null;
  client_id: string | null;
  command_id: string | null;
  room_type: number;
  text_type: number;
  at_me: number;
  spoken: string;
  raw_spoken: string;
  group_remark: string;
  blob: number | null;
  media_type: string | null;
  phone_time: string | null;
  /** 1: the robot has heard itself; not shown. */
  is_echo: number;
  /** When the robot heard this one again. */
  echoed_at: number | null;
  created_at: number;
}

export interface CallbackRow {
  robot: number;
  message_url: string | null;
  result_url: string | null;
  status_url: string | null;
  qrcode_url: string | null;
  is_signed: number;
  secret: string | null;
  is_active: number;
  updated_at: number;
}

export type CountKind =
  | 'messages'
  | 'contact'
  | 'group'
  | 'succeeded'
  | 'failed'
  | 'expired'
  | 'answers'
  | 'answer_ms'
  | 'rating'
  | 'ai_calls'
  | 'ai_micros';

export interface CountRow {
  robot: number;
  day: number;
  kind: CountKind;
  name: string;
  value: number;
}

export type LogType = 'api' | 'robot' | 'ai' | 'mail' | 'workflow' | 'system';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogRow {
  id: number;
  type: LogType;
  level: LogLevel;
  message: string;
  details: string;
  ip: string;
  tenant_id: string | null;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_robots: RobotRow;
      robots_codes: CodeRow;
      robots_code_history: CodeHistoryRow;
      robots_refresh_tokens: RefreshTokenRow;
      robots_commands: CommandRow;
      robots_contacts: ContactRow;
      robots_conversations: ConversationRow;
      robots_messages: MessageRow;
      robots_callbacks: CallbackRow;
      robots_counts: CountRow;
      robots_logs: LogRow;
    }
  }
}
