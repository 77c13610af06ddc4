/** How the services of conversations are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { CommandsOwn } from '../commands/services.ts';
import type { LogsOwn } from '../logs/services.ts';
import type { RobotsOwn } from '../robots/services.ts';
import type { RobotsGround } from '../services.ts';
import { createInboxAnswers } from './answers.ts';
import { createContactErasure } from './contact-erasure.ts';
import { createContacts } from './contacts.ts';
import { createConversationApi } from './conversation-api.ts';
import { createConversationChanges } from './conversation-changes.ts';
import { createInboxCounter } from './counts.ts';
import { createConversationExport } from './export.ts';
import { createHandover } from './handover.ts';
import { createConversationHooks } from './hooks.ts';
import { createHeardNames } from './identity/heard-names.ts';
import { createContactLinks } from './identity/links.ts';
import { createChannelNames } from './identity/names.ts';
import { createOptOuts } from './identity/opt-outs.ts';
import { createContactSeparation } from './identity/separation.ts';
import { createInboxPresence } from './inbox-presence.ts';
import { createMessageEffects } from './message-effects.ts';
import { createMessageErasure } from './message-erasure.ts';
import { createMessages } from './messages.ts';
import { createResponseTimes } from './response-times.ts';
import { createRetention } from './retention.ts';
import { createInboxRules } from './rules.ts';
import { createTakingOn } from './taking-on.ts';
import { createTeams } from './teams.ts';
import { createTimeline } from './timeline.ts';
import { createUndelivered } from './undelivered.ts';

export const conversationsServices = {
  messageEffects: createMessageEffects,
  channelNames: createChannelNames,
  contactErasure: createContactErasure,
  contactLinks: createContactLinks,
  contactSeparation: createContactSeparation,
  contacts: createContacts,
  conversationChanges: createConversationChanges,
  conversationExport: createConversationExport,
  conversationHooks: createConversationHooks,
  inboxAnswers: createInboxAnswers,
  inboxCounter: createInboxCounter,
  inboxPresence: createInboxPresence,
  inboxRetention: createRetention,
  inboxRules: createInboxRules,
  inboxTeams: createTeams,
  messageErasure: createMessageErasure,
  responseTimes: createResponseTimes,
  optOuts: createOptOuts,
  robotMessages: createMessages,
  handover: createHandover,
  heardNames: createHeardNames,
  takingOn: createTakingOn,
  timeline: createTimeline,
  undelivered: createUndelivered,
};

/** Those that other plugins see too. */
export const publicConversationsServices = { conversations: createConversationApi };

export interface ConversationsOwn
  extends ServicesOf<typeof conversationsServices>,
    ServicesOf<typeof publicConversationsServices> {}

/** What this part sees. */
export interface ConversationsScope extends RobotsGround, LogsOwn, RobotsOwn, CommandsOwn, ConversationsOwn {}
