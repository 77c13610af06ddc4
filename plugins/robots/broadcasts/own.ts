/** The services of broadcasts and scheduled messages by name. */
import type { Broadcasts } from './broadcasts.ts';
import type { BroadcastForgetting } from './erasure.ts';
import type { BroadcastOutcomes } from './outcomes.ts';
import type { BroadcastPacing } from './pacing.ts';
import type { BroadcastProgress } from './progress.ts';
import type { ScheduledMessages } from './scheduled-messages.ts';
import type { BroadcastSenders } from './senders.ts';
import type { BroadcastWithdrawal } from './withdrawal.ts';

export interface BroadcastsOwn {
  broadcasts: Broadcasts;
  broadcastForgetting: BroadcastForgetting;
  broadcastOutcomes: BroadcastOutcomes;
  broadcastPacing: BroadcastPacing;
  broadcastProgress: BroadcastProgress;
  broadcastSenders: BroadcastSenders;
  broadcastWithdrawal: BroadcastWithdrawal;
  scheduledMessages: ScheduledMessages;
}
