/** The services of people, activation and administration. */
import type { FactoriesOf } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import type { RobotsScope } from '../scope.ts';
import { createActivations } from './activation.ts';
import { createCodes } from './codes.ts';
import { createCommandRepeats } from './command-repeats.ts';
import type { PeopleOwn } from './people-own.ts';
import { createRobotChanges } from './robot-changes.ts';
import { createRobotMaking } from './robot-making.ts';

export const peopleServices = {
  robotMaking: createRobotMaking,
  robotChanges: createRobotChanges,
  robotActivations: createActivations,
  robotCodes: createCodes,
  commandRepeats: createCommandRepeats,
} satisfies FactoriesOf<PeopleOwn, RobotsScope & { config: RobotsConfig }>;
