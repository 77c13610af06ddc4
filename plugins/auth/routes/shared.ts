/** Schemas and small steps that several of auth's routes use. */
import type Koa from 'koa';
import Type from 'typebox';
import type { RateLimit } from '#core/kit.ts';
import { coreErrors, type Principal } from '#core/plugin.ts';
import type { Origin } from '../contract.ts';
import type { Account } from '../services/api-keys.ts';
import type { OpenedPage } from '../services/page-sessions.ts';
import { UserView } from '../views.ts';

export const Email = Type.String({ format: 'email', maxLength: 320, examples: ['user@example.com'] });
export const Password = Type.String({
  minLength: 1,
  maxLength: 1024,
  examples: ['correct horse battery staple'],
  writeOnly: true,
});
export const LinkToken = Type.String({ minLength: 1, maxLength: 200, writeOnly: true });
export const Otp = Type.String({
  minLength: 6,
  maxLength: 20,
  description: 'Code of the second factor',
  writeOnly: true,
});
export const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });

export const LoginAnswer = Type.Object({
  access_token: Type.String({ examples: ['eyJhbGciOi...'] }),
  refresh_token: Type.String({ examples: ['eyJhbGciOi...'] }),
  token_type: Type.Literal('bearer'),
  expires_in: Type.Integer({ description: 'Seconds until the access token expires', examples: [1800] }),
  user: UserView,
});

export const Status = Type.Union([Type.Literal('active'), Type.Literal('suspended')]);
export const RoleName = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]);
export const ADMINISTRATORS = ['owner', 'admin'];

/** With something else than digits: those are somebody's phone number, by which they sign in. */
export const Username = Type.String({ pattern: '^(?![0-9]+$)[A-Za-z0-9._-]{2,64}$' });

export const ProfilePatch = Type.Object({
  full_name: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
  avatar: Type.Optional(Type.Union([Type.String({ maxLength: 2000, pattern: '^https?://' }), Type.Null()])),
  email: Type.Optional(Email),
  username: Type.Optional(Username),
});

export const Message = Type.Object({ message: Type.String() });

/** Credentials are changed by people themselves, not by their API keys. */
export const PEOPLE = { kinds: ['user'] } as const;

/** Sign-ins, registrations and mailed links, per address and minute. */
export const SIGN_IN_LIMIT: RateLimit = { name: 'auth.signIn', points: 60, windowSeconds: 60 };
export const MAIL_LIMIT: RateLimit = { name: 'auth.mail', points: 10, windowSeconds: 60 };

export function originOf({ ip, userAgent }: Origin): Origin {
  return { ip, userAgent };
}

/** The principal as an account. Throws `forbidden` for the root token, which is nobody's. */
export function accountOf(principal: Principal): Account {
  const { userId, tenantId } = principal;
  if (!userId || tenantId === null)
    throw coreErrors.forbidden({ message: 'This needs an account; the root token has none' });
  return { ...principal, userId, tenantId };
}

/** Who has come through a route of PEOPLE. */
export function personOf(principal: Principal): Account {
  if (principal.kind !== 'user')
    throw coreErrors.forbidden({ message: 'This needs a signed-in person, not an API key' });
  return accountOf(principal);
}

/** Sets the cookie of a session that was opened or renewed, and says its token; null changes nothing. */
export function answerWith(ctx: Koa.Context, opened: OpenedPage | null): void {
  if (!opened) return;
  ctx.append('set-cookie', opened.cookie);
  ctx.set('x-csrf-token', opened.csrfToken);
}
