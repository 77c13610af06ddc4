/** /api/platform/auth/sessions: where somebody is signed in, and ending it. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { coreErrors, type ListColumn, listRoute, reply, route, type Services } from '#core/plugin.ts';
import { Id, originOf, PEOPLE, personOf } from '../../access.ts';
import type { SessionRow } from '../../accounts/tables.ts';
import type { SessionsScope } from '../services.ts';

/** A session as its own person sees it. */
export const SessionView = Type.Object({
  id: Type.String(),
  method: Type.String(),
  ip: Type.String(),
  user_agent: Type.String(),
  created_at: Type.String(),
  last_used_at: Type.String(),
  expires_at: Type.String(),
  in_browser: Type.Boolean({ description: 'By the cookie of a page' }),
  is_current: Type.Boolean(),
});

export type ListedSession = SessionRow & { is_current: number };

export const SESSION_COLUMNS = {
  method: { type: 'text', filter: 'equals', description: 'How they signed in' },
  last_used_at: { type: 'time', filter: 'range', sort: true },
} satisfies Record<string, ListColumn>;

export const sessionRoutes = [
  listRoute({
    path: '/api/platform/auth/sessions',
    access: PEOPLE,
    summary: 'Where you are signed in, the one used last first',
    item: SessionView,
    keyType: 'text',
    columns: SESSION_COLUMNS,
    sort: '-last_used_at',
    rows({ principal }, services) {
      const { userId, credentialId } = personOf(principal);
      return openSessions(services, userId, credentialId);
    },
    items: (rows: ListedSession[]) => rows.map(sessionView),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/sessions/{id}',
    access: PEOPLE,
    summary: 'Ends one of your sessions',
    params: Id,
    responses: { 204: null },
    async handler({ principal, params }, { people, sessions }: SessionsScope) {
      const person = personOf(principal);
      const session = await people.sessionById(params.id);
      if (session?.user_id !== person.userId)
        throw coreErrors.not_found({ message: 'There is no session with this id' });
      await sessions.end({ sessionId: params.id, principal: person });
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/sessions/revoke-others',
    operationId: 'revokeOtherSessions',
    access: PEOPLE,
    summary: 'Ends all your sessions but this one',
    responses: { 204: null },
    async handler({ principal, ...request }, { db, people, auditLog }: SessionsScope) {
      const person = personOf(principal);
      await db.transaction(async (trx) => {
        await people.endSessions(trx, person.userId, person.credentialId);
        await auditLog.record({ action: 'session.others_ended', actor: person, ...originOf(request) }, trx);
      });
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/sessions',
    access: PEOPLE,
    summary: 'Signs you out everywhere, here too',
    responses: { 204: null },
    async handler({ principal, ...request }, { db, people, auditLog, pageSessions }: SessionsScope) {
      const person = personOf(principal);
      await db.transaction(async (trx) => {
        await people.endSessions(trx, person.userId);
        await auditLog.record({ action: 'session.all_ended', actor: person, ...originOf(request) }, trx);
      });
      return reply(204, null, { 'set-cookie': pageSessions.removal });
    },
  }),
];

/** The open sessions of a person; `current` is that of who asks. */
export function openSessions({ db, clock }: Services, userId: number, current = '') {
  return db
    .read('auth_sessions')
    .select('auth_sessions.*', db.read.raw('case when id = ? then 1 else 0 end as is_current', [current]))
    .where({ user_id: userId, revoked_at: null })
    .where('expires_at', '>', clock.now());
}

export function sessionView(row: ListedSession): Static<typeof SessionView> {
  const { id, method, ip, user_agent } = row;
  return {
    id,
    method,
    ip,
    user_agent,
    created_at: isoSeconds(row.created_at),
    last_used_at: isoSeconds(row.last_used_at),
    expires_at: isoSeconds(row.expires_at),
    in_browser: row.ends_at !== null,
    is_current: row.is_current === 1,
  };
}
