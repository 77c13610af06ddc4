/** The services of the inbox by name. */

import type { InboxAnswers } from './answers.ts';
import type { ContactErasure } from './contact-erasure.ts';
import type { Contacts } from './contacts.ts';
import type { Spoken } from './conversation-api.ts';
import type { ConversationChanges } from './conversation-changes.ts';
import type { InboxCounter } from './counts.ts';
import type { ConversationExport } from './export.ts';
import type { AfterHearing } from './message-effects.ts';
import type { MessageErasure } from './message-erasure.ts';
import type { QuickReplies } from './quick-replies.ts';
import type { Retention } from './retention.ts';
import type { InboxRulesByTenant } from './rules.ts';
import type { Takeover } from './takeover.ts';
import type { Teams } from './teams.ts';
import type { Timeline } from './timeline.ts';

export interface InboxOwn {
  afterHearing: AfterHearing;
  contactErasure: ContactErasure;
  contacts: Contacts;
  conversationChanges: ConversationChanges;
  conversationExport: ConversationExport;
  inboxAnswers: InboxAnswers;
  inboxCounter: InboxCounter;
  inboxRetention: Retention;
  inboxRules: InboxRulesByTenant;
  inboxTeams: Teams;
  messageErasure: MessageErasure;
  quickReplies: QuickReplies;
  spoken: Spoken;
  takeover: Takeover;
  timeline: Timeline;
}
