/** What the inside of robots sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { RobotsServices } from './contract.ts';
import type { KeptRobotLogs } from './services/logs.ts';
import type { RobotsOwn } from './services.ts';

export interface RobotsScope extends Services, AuthServices, RobotsServices, RobotsOwn {
  /** With what others do not see of it. */
  robotLogs: KeptRobotLogs;
}
