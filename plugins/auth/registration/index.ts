/** Registration: how accounts begin: by themselves, by an invitation, with the set-up of a server. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { SETTINGS_MANAGERS } from '../access.ts';
import type { AuthConfig } from '../config.ts';
import { userCreate } from './command.ts';
import { Invitation } from './invitation-states.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { linkPages } from './routes/link-pages.ts';
import { setupRoutes } from './routes/setup.ts';
import { type RegistrationScope, registrationPublicServices, registrationServices } from './services.ts';

export const registration = definePart<RegistrationScope & { config: AuthConfig }>({
  name: 'registration',
  summary: 'How accounts begin: registration, invitations, set-up',
  needs: ['accounts', 'audit', 'sessions'],
  services: registrationServices,
  publicServices: registrationPublicServices,
  routes: [...invitationRoutes, ...setupRoutes, ...linkPages],
  schemas: { Invitation },
  events: { 'invitation.changed': Type.Object({ id: Type.String() }) },
  eventAccess: { 'invitation.changed': SETTINGS_MANAGERS },
  commands: [userCreate],
  start: (scope) => scope.registration.ensureConfiguredAdmin(),
});
