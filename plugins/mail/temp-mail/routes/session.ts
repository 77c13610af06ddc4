/** Temp-mail: signing in and out, and who is signed in. */
import Type from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { type Principal, reply, route } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import { isMailAdmin } from '../../mail-admin.ts';
import { sentenceOf } from '../dialect-messages.ts';
import type { TempMailScope } from '../services.ts';
import { COOKIE } from '../sessions.ts';

/** What older clients show for "no limit". */
const NO_LIMIT = 9999;

export const sessionRoutes = [
  route({
    method: 'POST',
    path: '/api/login',
    operationId: 'signInToMail',
    access: 'public',
    summary: 'Signs in as a user, a mailbox or the guest; sets the session cookie',
    body: Type.Object({
      username: Type.String({ minLength: 1, maxLength: 320 }),
      password: Type.String({ minLength: 1, maxLength: 1024, writeOnly: true }),
      otp: Type.Optional(Type.String({ minLength: 6, maxLength: 20, writeOnly: true })),
    }),
    responses: {
      200: Type.Object(
        { success: Type.Literal(true), role: Type.String(), can_send: Type.Integer(), mailbox_limit: Type.Integer() },
        { examples: [{ success: true, role: 'admin', can_send: 1, mailbox_limit: 9999 }], additionalProperties: true },
      ),
    },
    async handler({ body, ip, userAgent }, { mailSessions }: TempMailScope) {
      const { principal, canSend, mailboxLimit } = await mailSessions.signIn({ ...body, ip, userAgent });
      const answer = {
        success: true,
        role: mailRole(principal),
        can_send: canSend ? 1 : 0,
        mailbox_limit: mailboxLimit ?? NO_LIMIT,
        ...(principal.kind === 'mailbox' && { mailbox: principal.id }),
      };
      return reply(200, answer, { 'set-cookie': await mailSessions.cookieFor(principal, { ip, userAgent }) });
    },
  }),
  route({
    method: 'POST',
    path: '/api/logout',
    operationId: 'signOutOfMail',
    access: 'public',
    summary: 'Ends the session',
    responses: { 200: Type.Object({ success: Type.Literal(true) }) },
    async handler({ ctx }, { mailSessions }: TempMailScope) {
      const cookie = await mailSessions.signOut(ctx.cookies.get(COOKIE) ?? '');
      return reply(200, { success: true }, { 'set-cookie': cookie });
    },
  }),
  route({
    method: 'GET',
    path: '/api/session',
    operationId: 'getMailSession',
    access: 'optional',
    summary: 'Who is signed in; 401 when nobody is',
    responses: {
      200: Type.Object(
        {
          authenticated: Type.Literal(true),
          role: Type.String(),
          username: Type.String(),
          strictAdmin: Type.Boolean(),
        },
        { examples: [{ authenticated: true, role: 'admin', username: 'admin', strictAdmin: true }] },
      ),
      401: Type.Object({ authenticated: Type.Literal(false), error: Type.String() }),
    },
    async handler({ principal }, { mailSessions }: TempMailScope) {
      if (!principal) return reply(401, { authenticated: false, error: sentenceOf(mailErrors.not_signed_in()) });
      return {
        authenticated: true,
        role: mailRole(principal),
        username: await mailSessions.usernameOf(principal),
        strictAdmin: isSuperadmin(principal),
      };
    },
  }),
];

/** Tenant owners and admins, and super-admins, are this API's `admin`; members its `user`. */
function mailRole(principal: Principal): 'admin' | 'user' | 'mailbox' | 'guest' {
  if (principal.kind === 'mailbox' || principal.kind === 'guest') return principal.kind;
  return isMailAdmin(principal) ? 'admin' : 'user';
}
