/** The services of people, activation and administration. */
import type { ServicesOf } from '#core/plugin.ts';
import { createActivations } from './activation.ts';
import { createCodes } from './codes.ts';
import { createCommandRepeats } from './command-repeats.ts';
import { createRobotChanges } from './robot-changes.ts';
import { createRobotMaking } from './robot-making.ts';

export const peopleServices = {
  robotMaking: createRobotMaking,
  robotChanges: createRobotChanges,
  robotActivations: createActivations,
  robotCodes: createCodes,
  commandRepeats: createCommandRepeats,
};

export interface PeopleOwn extends ServicesOf<typeof peopleServices> {}
