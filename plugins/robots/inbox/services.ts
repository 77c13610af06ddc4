/** How the services of the inbox are made. */
import type { ServicesOf } from '#core/plugin.ts';
import { createInboxAnswers } from './answers.ts';
import { createContactErasure } from './contact-erasure.ts';
import { createContacts } from './contacts.ts';
import { createSpoken } from './conversation-api.ts';
import { createConversationChanges } from './conversation-changes.ts';
import { createInboxCounter } from './counts.ts';
import { createConversationExport } from './export.ts';
import { createConversationHooks } from './hooks.ts';
import { createAfterHearing } from './message-effects.ts';
import { createMessageErasure } from './message-erasure.ts';
import { createQuickReplies } from './quick-replies.ts';
import { createRetention } from './retention.ts';
import { createInboxRules } from './rules.ts';
import { createTakeover } from './takeover.ts';
import { createTeams } from './teams.ts';
import { createTimeline } from './timeline.ts';

export const inboxServices = {
  afterHearing: createAfterHearing,
  contactErasure: createContactErasure,
  contacts: createContacts,
  conversationChanges: createConversationChanges,
  conversationExport: createConversationExport,
  conversationHooks: createConversationHooks,
  inboxAnswers: createInboxAnswers,
  inboxCounter: createInboxCounter,
  inboxRetention: createRetention,
  inboxRules: createInboxRules,
  inboxTeams: createTeams,
  messageErasure: createMessageErasure,
  quickReplies: createQuickReplies,
  spoken: createSpoken,
  takeover: createTakeover,
  timeline: createTimeline,
};

export interface InboxOwn extends ServicesOf<typeof inboxServices> {}
