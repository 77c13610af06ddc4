/** How the services of commands are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LogsOwn } from '../logs/services.ts';
import type { RobotsOwn } from '../robots/services.ts';
import type { RobotsGround } from '../services.ts';
import { createCommandRepeats } from './command-repeats.ts';
import { createCommands } from './commands.ts';
import { createConnectedRobots } from './connected-robots.ts';
import { createCommandDispatch } from './dispatch.ts';
import { createCommandErasure } from './erasure.ts';
import { createCommandHooks } from './hooks.ts';
import { createQuestions } from './questions.ts';
import { createReconnectLimit } from './reconnect-limit.ts';
import { createResults } from './results.ts';
import { createFrames } from './sockets/frames-of-dialects.ts';
import { createUnauthenticatedSockets } from './unauthenticated-sockets.ts';

export const commandsServices = {
  commandErasure: createCommandErasure,
  commandHooks: createCommandHooks,
  commandRepeats: createCommandRepeats,
  connectedRobots: createConnectedRobots,
  reconnectLimit: createReconnectLimit,
  unauthenticatedSockets: createUnauthenticatedSockets,
  robotFrames: createFrames,
  commandDispatch: createCommandDispatch,
  robotQuestions: createQuestions,
  robotResults: createResults,
};

/** Those that other plugins see too. */
export const publicCommandsServices = { robotCommands: createCommands };

export interface CommandsOwn extends ServicesOf<typeof commandsServices>, ServicesOf<typeof publicCommandsServices> {}

/** What this part sees. */
export interface CommandsScope extends RobotsGround, LogsOwn, RobotsOwn, CommandsOwn {}
