/** Sign-in: by password, mailed link or code for a phone; lockouts, changing passwords, signing in on pages. */
import { definePart } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import { mailLink } from './link-requests.ts';
import { pageSessionRoutes } from './routes/page-session.ts';
import { meRoutes } from './routes/session-info.ts';
import { type SignInScope, signInPublicServices, signInServices } from './services.ts';
import { meView } from './session-info.ts';
import { sendSms } from './sms.ts';

export const signIn = definePart<SignInScope & { config: AuthConfig }>({
  name: 'sign-in',
  summary: 'Signing in by password, mailed link or phone, on pages too',
  needs: ['accounts', 'audit', 'factors', 'registration', 'sessions', 'single-sign-on'],
  services: signInServices,
  publicServices: signInPublicServices,
  routes: [...pageSessionRoutes, ...meRoutes],
  schemas: {
    Me: meView,
    NamedTenant: meView.properties.tenant.anyOf[0],
    PageSession: meView.properties.session.anyOf[0],
    PluginInfo: meView.properties.plugins.items,
  },
  jobs: [mailLink, sendSms],
});
