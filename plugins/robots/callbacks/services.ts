/** How the services of callbacks are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { CommandsOwn } from '../commands/services.ts';
import type { ConversationsOwn } from '../conversations/services.ts';
import type { LogsOwn } from '../logs/services.ts';
import type { RobotsOwn } from '../robots/services.ts';
import type { RobotsGround } from '../services.ts';
import { createCallbackBodies } from './bodies.ts';
import { createCallbacks } from './callbacks.ts';
import { createCallbackCalls } from './calls.ts';
import { createCallbackSettings } from './settings.ts';
import { createCallbackSlots } from './slots.ts';

export const callbacksServices = {
  robotCallbackBodies: createCallbackBodies,
  robotCallbackCalls: createCallbackCalls,
  robotCallbackSlots: createCallbackSlots,
  robotCallbackSettings: createCallbackSettings,
  robotCallbacks: createCallbacks,
};

export interface CallbacksOwn extends ServicesOf<typeof callbacksServices> {}

/** What this part sees. */
export interface CallbacksScope extends RobotsGround, LogsOwn, RobotsOwn, CommandsOwn, ConversationsOwn, CallbacksOwn {}
