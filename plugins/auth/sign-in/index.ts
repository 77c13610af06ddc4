/** Sign-in: by password, mailed link, code for a phone, or another provider; lockouts, changing passwords, signing in on pages. */
import { definePart } from '#core/plugin.ts';
import { Message } from '../access.ts';
import type { AuthConfig } from '../config.ts';
import { admitRestore } from './fresh-restore.ts';
import { mailLink } from './link-requests.ts';
import { linkPages } from './routes/link-pages.ts';
import { newAccountRoutes } from './routes/new-accounts.ts';
import { pageSessionRoutes } from './routes/page-session.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { singleSignOnRoutes } from './routes/single-sign-on.ts';
import { type SignInScope, signInPublicServices, signInServices } from './services.ts';
import { meView } from './session-info.ts';
import { oidcSettings, smsSettings } from './settings.ts';
import { sendSms } from './sms.ts';
import { signInTables } from './tables.ts';

export const signIn = definePart<SignInScope & { config: AuthConfig }>({
  name: 'sign-in',
  summary: 'Signing in by password, mailed link, phone or another provider, on pages too',
  needs: ['accounts', 'audit', 'sessions', 'factors'],
  tables: signInTables,
  services: signInServices,
  publicServices: signInPublicServices,
  routes: [...signInRoutes, ...singleSignOnRoutes, ...pageSessionRoutes, ...newAccountRoutes, ...linkPages],
  hooks: { 'installation.restoring': admitRestore },
  settings: [smsSettings, oidcSettings],
  schemas: {
    Me: meView,
    Message,
    NamedTenant: meView.properties.tenant.anyOf[0],
    PageSession: meView.properties.session.anyOf[0],
    PluginInfo: meView.properties.plugins.items,
  },
  jobs: [mailLink, sendSms],
});
