/** How the services of the log of the WorkBot API are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { RobotsGround } from '../services.ts';
import { createRobotLogs } from './logs.ts';

/** Those that other plugins see too. */
export const publicLogsServices = { robotLogs: createRobotLogs };

export interface LogsOwn extends ServicesOf<typeof publicLogsServices> {}

/** What this part sees. */
export interface LogsScope extends RobotsGround, LogsOwn {}
