/** The services of people, activation and administration, by name. */
import type { Activations } from './activation.ts';
import type { Codes } from './codes.ts';
import type { CommandRepeats } from './command-repeats.ts';
import type { RobotChanges } from './robot-changes.ts';
import type { RobotMaking } from './robot-making.ts';

export interface PeopleOwn {
  robotMaking: RobotMaking;
  robotChanges: RobotChanges;
  robotActivations: Activations;
  robotCodes: Codes;
  commandRepeats: CommandRepeats;
}
