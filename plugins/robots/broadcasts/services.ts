/** How the services of broadcasts and scheduled messages are made. */
import type { ServicesOf } from '#core/plugin.ts';
import { createBroadcasts } from './broadcasts.ts';
import { createBroadcastErasure } from './erasure.ts';
import { createBroadcastOutcomes } from './outcomes.ts';
import { createBroadcastPacing } from './pacing.ts';
import { createBroadcastProgress } from './progress.ts';
import { createScheduledMessages } from './scheduled-messages.ts';
import { createBroadcastSenders } from './senders.ts';
import { createBroadcastWithdrawal } from './withdrawal.ts';

export const broadcastServices = {
  broadcasts: createBroadcasts,
  broadcastErasure: createBroadcastErasure,
  broadcastOutcomes: createBroadcastOutcomes,
  broadcastPacing: createBroadcastPacing,
  broadcastProgress: createBroadcastProgress,
  broadcastSenders: createBroadcastSenders,
  broadcastWithdrawal: createBroadcastWithdrawal,
  scheduledMessages: createScheduledMessages,
};

export interface BroadcastsOwn extends ServicesOf<typeof broadcastServices> {}
