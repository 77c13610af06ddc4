/** Users as the WorkBot API has them: they sign in with their phone; super-admins see and suspend them. */
import { definePart } from '#core/plugin.ts';
import type { RobotsGround } from '../services.ts';
import { adminUserRoutes, userRoutes } from './routes.ts';

export const workbotUsers = definePart<RobotsGround>({
  name: 'workbot-users',
  summary: 'Users of the WorkBot API: their sign-in by phone, and what super-admins see of them',
  needs: ['robots'],
  routes: [...userRoutes, ...adminUserRoutes],
});
