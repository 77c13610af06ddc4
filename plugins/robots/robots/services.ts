/** How the services of robots and their activation codes are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LogsOwn } from '../logs/services.ts';
import type { RobotsGround } from '../services.ts';
import { createActivations } from './activation.ts';
import { createCodes } from './codes.ts';
import { createRobotErasure } from './erasure.ts';
import { createRobotHooks } from './hooks.ts';
import { createPresence } from './presence.ts';
import { createRobotAccess } from './robot-access.ts';
import { createRobotChanges } from './robot-changes.ts';
import { createRobotMaking } from './robot-making.ts';
import { createRobotTokens } from './robot-tokens.ts';
import { createRobots } from './robots.ts';

export const robotsServices = {
  robotAccess: createRobotAccess,
  robotActivations: createActivations,
  robotChanges: createRobotChanges,
  robotCodes: createCodes,
  robotErasure: createRobotErasure,
  robotHooks: createRobotHooks,
  robotMaking: createRobotMaking,
  robotPresence: createPresence,
  robotTokens: createRobotTokens,
  robots: createRobots,
};

export interface RobotsOwn extends ServicesOf<typeof robotsServices> {}

/** What this part sees. */
export interface RobotsPartScope extends RobotsGround, LogsOwn, RobotsOwn {}
