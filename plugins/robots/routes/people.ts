/** The routes of people, activation and administration. */
import { activationRoutes } from './activation.ts';
import { codeRoutes } from './codes.ts';
import { robotRoutes } from './robots.ts';

export const peopleRoutes = [...activationRoutes, ...robotRoutes, ...codeRoutes];
