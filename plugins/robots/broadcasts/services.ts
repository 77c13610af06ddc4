/** How the services of broadcasts and scheduled messages are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { CommandsOwn } from '../commands/services.ts';
import type { ConversationsOwn } from '../conversations/services.ts';
import type { RobotsOwn } from '../robots/services.ts';
import type { RobotsGround } from '../services.ts';
import { createBroadcasts } from './broadcasts.ts';
import { createBroadcastErasure } from './erasure.ts';
import { createBroadcastOutcomes } from './outcomes.ts';
import { createBroadcastPacing } from './pacing.ts';
import { createBroadcastProgress } from './progress.ts';
import { createScheduledMessages } from './scheduled-messages.ts';
import { createBroadcastSenders } from './senders.ts';
import { createBroadcastWithdrawal } from './withdrawal.ts';

export const broadcastsServices = {
  broadcastErasure: createBroadcastErasure,
  broadcastOutcomes: createBroadcastOutcomes,
  broadcastPacing: createBroadcastPacing,
  broadcastProgress: createBroadcastProgress,
  broadcastSenders: createBroadcastSenders,
  broadcastWithdrawal: createBroadcastWithdrawal,
  broadcasts: createBroadcasts,
  scheduledMessages: createScheduledMessages,
};

export interface BroadcastsOwn extends ServicesOf<typeof broadcastsServices> {}

/** What this part sees. */
export interface BroadcastsScope extends RobotsGround, RobotsOwn, CommandsOwn, ConversationsOwn, BroadcastsOwn {}
