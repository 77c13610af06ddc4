/** Sessions: sign-ins that last, by the tokens of programs or the cookies of pages, and ending them. */
import { definePart } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import { LoginAnswer } from './answers.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { sessionOfOthersRoutes } from './routes/sessions-of-others.ts';
import { type SessionsScope, sessionsPublicServices, sessionsServices } from './services.ts';

export const sessions = definePart<SessionsScope & { config: AuthConfig }>({
  name: 'sessions',
  summary: 'Sign-ins that last, by tokens or cookies',
  needs: ['accounts', 'audit'],
  services: sessionsServices,
  publicServices: sessionsPublicServices,
  routes: [...sessionRoutes, ...sessionOfOthersRoutes],
  schemas: { Login: LoginAnswer },
});
