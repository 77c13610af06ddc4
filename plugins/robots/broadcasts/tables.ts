/** Rows of the tables of broadcasts and scheduled messages. Times are ms since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

export type BroadcastState = 'draft' | 'running' | 'paused' | 'finished' | 'cancelled';

export interface BroadcastRow {
  id: number;
  uuid: string;
  tenant_id: string;
  user_id: number | null;
  name: string;
  content: string;
  /** JSON of `string[]`. */
  robots: string;
  /** JSON of `Audience`. */
  audience: string;
  /** JSON of `string[]`. */
  excluded: string;
  per_minute: number;
  state: BroadcastState;
  reason: string;
  contacts_done: number;
  names_done: number;
  contacts_until: number;
  frozen_at: number | null;
  total: number;
  sent: number;
  succeeded: number;
  failed: number;
  skipped: number;
  /** Of whom nobody knows whether they have had it. */
  unknown: number;
  /** Who has it sent (integer key); 0: no account. Null: as `user_id` says. */
  sender: number | null;
  told_at: number;
  started_at: number | null;
  ended_at: number | null;
  created_at: number;
  updated_at: number;
}

export type RecipientState = 'waiting' | 'sent' | 'succeeded' | 'failed' | 'unknown' | 'skipped';

export interface RecipientRow {
  id: number;
  broadcast: number;
  robot: number;
  contact: number | null;
  channel: string;
  name: string;
  state: RecipientState;
  reason: string;
  command_id: string | null;
  changed_at: number;
}

export interface PaceRow {
  robot: number;
  next_at: number;
  step: number;
  broadcast: number;
}

export type ScheduleState = 'active' | 'done' | 'missed' | 'cancelled';

export interface ScheduledMessageRow {
  id: number;
  uuid: string;
  tenant_id: string;
  user_id: number | null;
  robot: number;
  /** JSON of `string[]`. */
  names: string;
  content: string;
  cron: string | null;
  zone: string;
  state: ScheduleState;
  next_at: number | null;
  last_at: number | null;
  last_outcome: 'sent' | 'missed' | 'failed' | null;
  last_reason: string;
  /** JSON of `string[]`: ids of the commands of the last time. */
  last_commands: string;
  created_at: number;
  updated_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_broadcasts: BroadcastRow;
      robots_broadcast_recipients: RecipientRow;
      robots_paces: PaceRow;
      robots_scheduled_messages: ScheduledMessageRow;
    }
  }
}

/** With their recipients, in steps. */
const BY_ERASURE = { by: 'broadcasts/erasure.ts' };

/** Whose they are. */
export const broadcastTables = {
  robots_broadcasts: { 'tenant.deleted': BY_ERASURE, 'user.deleted': BY_ERASURE },
  robots_broadcast_recipients: { 'contact.erased': BY_ERASURE },
  robots_scheduled_messages: { 'tenant.deleted': BY_ERASURE, 'user.deleted': BY_ERASURE, 'contact.erased': BY_ERASURE },
} satisfies OwnedTables;
