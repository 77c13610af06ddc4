/** What this part sees; it has no services of its own. */
import type { CommandsOwn } from '../commands/services.ts';
import type { ConversationsOwn } from '../conversations/services.ts';
import type { LogsOwn } from '../logs/services.ts';
import type { RobotsOwn } from '../robots/services.ts';
import type { RobotsGround } from '../services.ts';

export interface WorkbotScope extends RobotsGround, LogsOwn, RobotsOwn, CommandsOwn, ConversationsOwn {}
