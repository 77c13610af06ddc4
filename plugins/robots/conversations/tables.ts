/** Rows of the tables of conversations, their messages and contacts, and of the inbox. Times are ms since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

export interface ContactRow {
  id: number;
  uuid: string;
  tenant_id: string;
  channel: string;
  /** Who it is (`identity/identity.ts`), in one text: there is one for each on a channel of a tenant. */
  known_as: string;
  /** The robot on which the name was heard, where the channel knows people by names alone; else 0: it is the tenant's. */
  robot: number;
  /** The group in which it was heard then; '' alone. */
  room: string;
  /** Of the channel, within which its id means one person; '' for all of the network. */
  account: string;
  /** What the channel calls them; '' where nothing is proved. */
  own_id: string;
  name: string;
  fields: string;
  notes: string;
  consent: 'unknown' | 'given' | 'refused';
  opted_out: number;
  merged_into: number | null;
  /** Whom it was linked with first, who may have become `merged_into` since. */
  linked_to: number | null;
  /** JSON: names of the fields that it has brought along then; null before any, and where nobody knows. */
  brought: string | null;
  /** 1: a person has parted it from another one, and no id links it by itself any more. */
  is_parted: number;
  last_seen_at: number;
  created_at: number;
  updated_at: number;
}

/** A person in the inbox, one on the robot's phone, somebody who is called as the robot is, the switch, a handover, a loop. */
export type PausedBy = 'person' | 'phone' | 'name' | 'switch' | 'handover' | 'loop';

export type ConversationState = 'open' | 'pending' | 'snoozed' | 'closed';

export interface ConversationRow {
  id: number;
  uuid: string;
  tenant_id: string;
  robot: number;
  contact: number;
  /** The contact as which it was heard last, whatever that has become; null: the one that it has. */
  heard_as: number | null;
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

/** `namesake`: somebody who is called as the robot is, and may be anybody. */
export type Author = 'contact' | 'robot' | 'person' | 'phone' | 'note' | 'namesake';

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

export interface ChannelNameRow {
  tenant_id: string;
  channel: string;
  /** Within which the address means one person or group; '' for all of the network. */
  account: string;
  name: string;
  address: string;
}

export interface TeamRow {
  id: number;
  uuid: string;
  tenant_id: string;
  name: string;
  created_at: number;
  updated_at: number;
}

export interface TeamMemberRow {
  team: number;
  user_id: number;
}

export interface LabelRow {
  id: number;
  tenant_id: string;
  name: string;
}

export interface ConversationLabelRow {
  label: number;
  conversation: number;
}

export interface QuickReplyRow {
  id: number;
  uuid: string;
  tenant_id: string;
  shortcut: string;
  text: string;
  created_at: number;
  updated_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_contacts: ContactRow;
      robots_conversations: ConversationRow;
      robots_messages: MessageRow;
      robots_channel_names: ChannelNameRow;
      robots_teams: TeamRow;
      robots_team_members: TeamMemberRow;
      robots_labels: LabelRow;
      robots_conversation_labels: ConversationLabelRow;
      robots_quick_replies: QuickReplyRow;
    }
  }
}

/** In steps, with their words and counts. */
const BY_ERASURE = { by: 'conversations/erasure.ts' };
const BY_CONTACT = { by: 'conversations/contact-erasure.ts' };

/** Whose they are. */
export const conversationTables = {
  robots_contacts: { 'tenant.deleted': BY_ERASURE, 'contact.erased': BY_CONTACT },
  robots_conversations: {
    'tenant.deleted': BY_ERASURE,
    'user.deleted': BY_ERASURE,
    'contact.erased': BY_CONTACT,
  },
  robots_counts: { 'contact.erased': BY_CONTACT },
  robots_messages: {
    'tenant.deleted': BY_ERASURE,
    'user.deleted': BY_ERASURE,
    'contact.erased': { by: 'conversations/message-erasure.ts' },
  },
  robots_channel_names: {
    'tenant.deleted': { by: 'conversations/identity/names.ts' },
    'contact.erased': { by: 'conversations/identity/names.ts' },
  },
  robots_teams: { 'tenant.deleted': 'tenant_id' },
  robots_team_members: { 'user.deleted': BY_ERASURE },
  robots_labels: { 'tenant.deleted': 'tenant_id' },
  robots_quick_replies: { 'tenant.deleted': 'tenant_id' },
} satisfies OwnedTables;
