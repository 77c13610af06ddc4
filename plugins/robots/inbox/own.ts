/** The services of the inbox by name. */
import type { AfterHearing } from './after-hearing.ts';
import type { InboxAnswers } from './answers.ts';
import type { ConversationChanges } from './conversation-changes.ts';
import type { InboxCounter } from './counts.ts';
import type { ConversationExport } from './export.ts';
import type { InboxRulesByTenant } from './rules.ts';
import type { Takeover } from './takeover.ts';
import type { Teams } from './teams.ts';
import type { Timeline } from './timeline.ts';

export interface InboxOwn {
  afterHearing: AfterHearing;
  conversationChanges: ConversationChanges;
  conversationExport: ConversationExport;
  inboxAnswers: InboxAnswers;
  inboxCounter: InboxCounter;
  inboxRules: InboxRulesByTenant;
  inboxTeams: Teams;
  takeover: Takeover;
  timeline: Timeline;
}
