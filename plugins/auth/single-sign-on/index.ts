/** Single sign-on: signing in with other providers, by OpenID Connect. */
import { definePart } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import { singleSignOnRoutes } from './routes.ts';
import { type SingleSignOnScope, singleSignOnServices } from './services.ts';

export const singleSignOn = definePart<SingleSignOnScope & { config: AuthConfig }>({
  name: 'single-sign-on',
  summary: 'Signing in with other providers, by OpenID Connect',
  needs: ['accounts', 'audit', 'factors', 'registration', 'sessions'],
  services: singleSignOnServices,
  routes: singleSignOnRoutes,
});
