/** Robots: activation by a code, their tokens and settings, who may see which, and which are online. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { offlineAlert } from './alerts.ts';
import { ROBOT_ATTENTION } from './attention.ts';
import { settleAutopilots } from './autopilots.ts';
import { ROBOT_STEP } from './first-steps.ts';
import { exportRobots } from './personal-data.ts';
import { activationRoutes } from './routes/activation.ts';
import { codeRoutes } from './routes/codes.ts';
import { platformCodeRoutes } from './routes/platform-codes.ts';
import { platformRobotRoutes } from './routes/platform-robots.ts';
import { robotRoutes } from './routes/robots.ts';
import { type RobotsPartScope, robotsServices } from './services.ts';
import { robotTables } from './tables.ts';
import { OF_TENANT, ROBOT_SEERS } from './visibility.ts';

const RobotState = Type.Object({ robot_id: Type.String(), name: Type.String() });

export const robots = definePart<RobotsPartScope & { config: RobotsConfig }>({
  name: 'robots',
  summary: 'Robots and their activation codes: made, changed, online or not',
  needs: ['logs'],
  contents: { robots: 'robots_robots' },
  tables: robotTables,
  services: robotsServices,
  routes: [...activationRoutes, ...robotRoutes, ...platformRobotRoutes, ...codeRoutes, ...platformCodeRoutes],
  events: {
    'robot.online': RobotState,
    'robot.offline': RobotState,
    'robot.reactivated': RobotState,
    'robot.erased': Type.Object({ robot_id: Type.String() }),
  },
  erasures: ['robot.erased'],
  eventAccess: {
    'robot.online': ROBOT_SEERS,
    'robot.offline': ROBOT_SEERS,
    'robot.reactivated': ROBOT_SEERS,
    'robot.erased': OF_TENANT,
  },
  start: settleAutopilots,
  hooks: { 'user.exporting': exportRobots },
  attention: ROBOT_ATTENTION,
  firstSteps: [ROBOT_STEP],
  alerts: [offlineAlert],
});
