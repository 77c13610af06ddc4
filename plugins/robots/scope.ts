/** What stands above the parts of robots sees, and tests see: everything of each. */
import type { BroadcastsOwn } from './broadcasts/services.ts';
import type { CallbacksOwn } from './callbacks/services.ts';
import type { ChannelsOwn } from './channels/services.ts';
import type { CommandsOwn } from './commands/services.ts';
import type { ConversationsOwn } from './conversations/services.ts';
import type { LogsOwn } from './logs/services.ts';
import type { RobotsOwn } from './robots/services.ts';
import type { RobotsGround } from './services.ts';
import type { StatisticsOwn } from './statistics/services.ts';

export interface RobotsScope
  extends RobotsGround,
    LogsOwn,
    RobotsOwn,
    CommandsOwn,
    ConversationsOwn,
    CallbacksOwn,
    BroadcastsOwn,
    ChannelsOwn,
    StatisticsOwn {}
