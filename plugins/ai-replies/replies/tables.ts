/** Rows of the tables of replies. Times are ms since the epoch, money is in millionths of the currency. */
import type { OwnedTables } from '#core/plugin.ts';

export interface PolicyRow {
  id: number;
  tenant_id: string;
  robot_id: string;
  /** JSON of what was set of a `Policy`. */
  settings: string;
  updated_at: number;
}

export type TurnState = 'idle' | 'waiting' | 'ready';

/** Whose turn it is in a conversation: one row for each, kept a while after the last message. */
export interface TurnRow {
  conversation_id: string;
  tenant_id: string;
  robot_id: string;
  contact_id: string;
  /** The group, or the conversation with a person alone: what rates and pauses count for. */
  room: string;
  /** `waiting` for further messages or for a model, `ready` with an answer whose time has not come, or nothing to do. */
  state: TurnState;
  /** Counts up with each message, and whenever something else makes an answer under way worthless. */
  version: number;
  /** When it is answered, and at the latest, however many messages come. */
  due_at: number;
  latest_at: number;
  /** The first message of this turn, and the newest that is known. */
  first_message: string;
  last_message: string;
  /** The newest message about which something was decided. */
  decided_message: string;
  /** Tries in a row in which no model has answered. */
  failures: number;
  updated_at: number;
}

/** What an assistant calls a conversation. */
export interface AssistantSessionRow {
  id: number;
  conversation_id: string;
  /** Name of the provider, and which one that is. */
  provider: string;
  identity: string;
  tenant_id: string;
  robot_id: string;
  /** The user of the conversation there. */
  contact_id: string;
  session: string;
  updated_at: number;
}

export type ReplyState = 'ready' | 'draft' | 'sent' | 'rejected' | 'withdrawn' | 'held' | 'silent';

/** What was decided about messages: an answer, or why there is none. */
export interface ReplyRow {
  id: number;
  uuid: string;
  tenant_id: string;
  robot_id: string;
  conversation_id: string;
  contact_id: string;
  room: string;
  state: ReplyState;
  /** Why it is not sent, or what has withdrawn it; '' otherwise. */
  reason: string;
  /** What the contact had said. */
  question: string;
  text: string;
  /** JSON: the passages that it comes from. */
  sources: string;
  /** Null for what no model has made. */
  provider: string | null;
  model: string | null;
  micros: number;
  input_tokens: number;
  output_tokens: number;
  prompt_hash: string;
  /** Id of the approved answer that it is; null for others. */
  approved: string | null;
  message_id: string;
  /** Of the turn that it answers. */
  turn_version: number;
  send_at: number | null;
  sent_at: number | null;
  /** The person (integer key) who has sent or rejected it; null when nobody has. */
  user_id: number | null;
  created_at: number;
  updated_at: number;
}

/** What was told already: once for each subject, reason and day. */
export interface NotifiedRow {
  subject: string;
  reason: string;
  /** Days since the epoch, UTC. */
  day: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      ai_replies_policies: PolicyRow;
      ai_replies_turns: TurnRow;
      ai_replies_assistant_sessions: AssistantSessionRow;
      ai_replies_replies: ReplyRow;
      ai_replies_told: NotifiedRow;
    }
  }
}

/** What is being made is given up, and what an assistant remembers is forgotten there. */
const BY_ERASURE = { by: 'replies/erasure.ts' };

/** Whose they are. */
export const replyTables = {
  ai_replies_policies: { 'tenant.deleted': 'tenant_id', 'robot.erased': 'robot_id' },
  ai_replies_turns: { 'tenant.deleted': BY_ERASURE, 'robot.erased': BY_ERASURE, 'contact.erased': BY_ERASURE },
  ai_replies_assistant_sessions: {
    'tenant.deleted': BY_ERASURE,
    'robot.erased': BY_ERASURE,
    'contact.erased': BY_ERASURE,
  },
  ai_replies_replies: {
    'tenant.deleted': { where: { tenant_id: 'tenant_id' }, isLarge: true },
    'robot.erased': { where: { robot_id: 'robot_id' }, isLarge: true },
    'contact.erased': { where: { contact_id: 'contact_id' }, isLarge: true },
    // A person who has sent or rejected answers becomes nobody.
    'user.deleted': { where: { user_id: 'id' }, set: { user_id: null } },
  },
} satisfies OwnedTables;
