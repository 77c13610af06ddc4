/** /api/platform/auth/sessions: where somebody is signed in, and ending it. */
import Type from 'typebox';
import { coreErrors } from '#core/errors.ts';
import { isoSeconds } from '#core/iso-time.ts';
import { reply, route } from '#core/plugin.ts';
import type { AuthScope } from '../scope.ts';
import { Id, originOf, PEOPLE, personOf } from './shared.ts';

export const sessionRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/auth/sessions',
    access: PEOPLE,
    summary: 'Where you are signed in',
    responses: { 200: Type.Object({ items: Type.Array(Type.Unknown()) }) },
    async handler({ principal }, { db, clock }: AuthScope) {
      const person = personOf(principal);
      const rows = await db
        .read('auth_sessions')
        .where({ user_id: person.userId, revoked_at: null })
        .where('expires_at', '>', clock.now())
        .orderBy('last_used_at', 'desc')
        .limit(100);
      const items = rows.map(({ id, method, ip, user_agent, created_at, last_used_at, expires_at, ends_at }) => ({
        id,
        method,
        ip,
        user_agent,
        created_at: isoSeconds(created_at),
        last_used_at: isoSeconds(last_used_at),
        expires_at: isoSeconds(expires_at),
        in_browser: ends_at !== null,
        is_current: id === person.credentialId,
      }));
      return { items };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/sessions/{id}',
    access: PEOPLE,
    summary: 'Ends one of your sessions',
    params: Id,
    responses: { 204: null },
    async handler({ principal, params }, { people, sessions }: AuthScope) {
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
    access: PEOPLE,
    summary: 'Ends all your sessions but this one',
    responses: { 204: null },
    async handler({ principal, ...request }, { db, people, auditLog }: AuthScope) {
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
    async handler({ principal, ...request }, { db, people, auditLog, pageSessions }: AuthScope) {
      const person = personOf(principal);
      await db.transaction(async (trx) => {
        await people.endSessions(trx, person.userId);
        await auditLog.record({ action: 'session.all_ended', actor: person, ...originOf(request) }, trx);
      });
      return reply(204, null, { 'set-cookie': pageSessions.removal });
    },
  }),
];
