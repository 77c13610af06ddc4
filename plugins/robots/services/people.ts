/** The services of people, activation and administration. */
import type { FactoriesOf } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import type { RobotsScope } from '../scope.ts';
import { type Activations, createActivations } from './activation.ts';
import { type Codes, createCodes } from './codes.ts';
import { createRobotChanges, type RobotChanges } from './robot-changes.ts';
import { createRobotErasure, type RobotErasure } from './robot-erasure.ts';
import { createRobotMaking, type RobotMaking } from './robot-making.ts';

export interface PeopleOwn {
  robotMaking: RobotMaking;
  robotChanges: RobotChanges;
  robotActivations: Activations;
  robotCodes: Codes;
  robotErasure: RobotErasure;
}

export const peopleServices = {
  robotMaking: createRobotMaking,
  robotChanges: createRobotChanges,
  robotActivations: createActivations,
  robotCodes: createCodes,
  robotErasure: createRobotErasure,
} satisfies FactoriesOf<PeopleOwn, RobotsScope & { config: RobotsConfig }>;
