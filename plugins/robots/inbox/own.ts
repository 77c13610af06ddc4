/** The services of the inbox by name. */
import type { AfterHearing } from './after-hearing.ts';
import type { InboxRulesByTenant } from './rules.ts';
import type { Takeover } from './takeover.ts';
import type { Timeline } from './timeline.ts';

export interface InboxOwn {
  afterHearing: AfterHearing;
  inboxRules: InboxRulesByTenant;
  takeover: Takeover;
  timeline: Timeline;
}
