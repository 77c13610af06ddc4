/** The two dialects of the socket. */
import type { Services } from '#core/plugin.ts';
import type { RobotsConfig } from '../../config.ts';
import type { RobotFrames } from '../frames.ts';
import type { RobotQuestions } from '../questions.ts';
import type { Results } from '../results.ts';
import { firstFrames } from './first-frames.ts';
import { secondFrames } from './second-frames.ts';

export interface FramesOfDialects {
  first: RobotFrames;
  second: RobotFrames;
}

type Seen = Services & { robotQuestions: RobotQuestions; robotResults: Results; robotsConfig: RobotsConfig };

export function createFrames(scope: Seen): FramesOfDialects {
  return { first: firstFrames(scope), second: secondFrames(scope) };
}
