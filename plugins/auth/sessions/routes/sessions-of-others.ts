/** /api/platform/auth/users/{id}/sessions: where somebody is signed in whom one may change, and signing them out. */
import Type from 'typebox';
import { TENANT_ADMINS } from '#core/kit.ts';
import { listRoute, route } from '#core/plugin.ts';
import { Id, originOf } from '../../access.ts';
import type { SessionsScope } from '../services.ts';
import { type ListedSession, openSessions, SESSION_COLUMNS, SessionView, sessionView } from './sessions.ts';

/** As changing somebody: people alone. */
const access = { kinds: ['user', 'root'], roles: TENANT_ADMINS } as const;
const LIMITS = 'Owners and admins those of their tenant, admins no owners; super-admins everybody.';

export const sessionOfOthersRoutes = [
  listRoute({
    path: '/api/platform/auth/users/{id}/sessions',
    access,
    summary: 'Sessions of a person whom you may change, the one used last first',
    description: LIMITS,
    params: Id,
    item: SessionView,
    keyType: 'text',
    columns: SESSION_COLUMNS,
    sort: '-last_used_at',
    async rows({ principal, params }, services: SessionsScope) {
      const userId = await services.sessionsOfOthers.ownerOf(principal, params.id);
      return { query: openSessions(services, userId, principal.credentialId) };
    },
    items: (rows: ListedSession[]) => rows.map(sessionView),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/users/{id}/sessions/{session}',
    access,
    summary: 'Signs a person whom you may change out of one session',
    description: LIMITS,
    params: Type.Object({ ...Id.properties, session: Type.String({ maxLength: 64 }) }),
    responses: { 204: null },
    handler({ principal, params, ...request }, { sessionsOfOthers }: SessionsScope) {
      return sessionsOfOthers.end(principal, params.id, params.session, originOf(request));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/users/{id}/sessions',
    access,
    summary: 'Signs a person whom you may change out everywhere',
    description: LIMITS,
    params: Id,
    responses: { 204: null },
    handler({ principal, params, ...request }, { sessionsOfOthers }: SessionsScope) {
      return sessionsOfOthers.end(principal, params.id, null, originOf(request));
    },
  }),
];
