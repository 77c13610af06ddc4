/** What pages need beyond the WorkBot document: robots, their commands, codes and the log as lists, and what is done with them. */
import { platformCodeRoutes } from './platform-codes.ts';
import { platformLogList } from './platform-logs.ts';
import { platformRobotRoutes } from './platform-robots.ts';
import { robotCommandRoutes } from './robot-commands.ts';

export const platformRoutes = [...platformRobotRoutes, ...robotCommandRoutes, ...platformCodeRoutes, platformLogList];
