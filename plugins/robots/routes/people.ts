/** The routes of people, activation and administration. */
import { activationRoutes } from './activation.ts';
import { adminUserRoutes } from './admin-users.ts';
import { codeRoutes } from './codes.ts';
import { listLogs } from './logs.ts';
import { platformRoutes } from './platform.ts';
import { robotRoutes } from './robots.ts';
import { userRoutes } from './users.ts';

export const peopleRoutes = [
  ...userRoutes,
  ...activationRoutes,
  ...robotRoutes,
  ...codeRoutes,
  ...adminUserRoutes,
  listLogs,
  ...platformRoutes,
];
