/** People as the WorkBot dialect has them: they sign in with their phone; super-admins see and suspend them. */
import { definePart } from '#core/plugin.ts';
import type { RobotsGround } from '../services.ts';
import { adminUserRoutes, userRoutes } from './routes.ts';

export const people = definePart<RobotsGround>({
  name: 'people',
  summary: 'People in the WorkBot dialect: their sign-in by phone, and what super-admins see of them',
  needs: ['robots'],
  routes: [...userRoutes, ...adminUserRoutes],
});
