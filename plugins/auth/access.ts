/** Who may use the routes of auth, and what several parts say in the same words: schemas of requests, limits, the account that asks. */
import Type from 'typebox';
import { type RateLimit, TENANT_ADMINS } from '#core/kit.ts';
import { coreErrors, type Principal } from '#core/plugin.ts';
import type { Origin } from './contract.ts';

/** Somebody with an account, or their key. */
export type Account = Principal & { userId: number; tenantId: string };

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

export const Status = Type.Union([Type.Literal('active'), Type.Literal('suspended')]);
export const RoleName = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]);
/** Invitations, the audit log, and the events about them. */
export const SETTINGS_MANAGERS = { scope: 'settings:manage', roles: TENANT_ADMINS };

/** Of an organisation of one's own. */
export const TenantName = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }));
/** With something else than digits: those are somebody's phone number, by which they sign in. */
export const Username = Type.String({ pattern: '^(?![0-9]+$)[A-Za-z0-9._-]{2,64}$' });

export const Message = Type.Object({ message: Type.String() });

/** Credentials are changed by people themselves, not by their API keys. */
export const PEOPLE = { kinds: ['user'] } as const;

/** Sign-ins, registrations and mailed links, per address and minute. */
export const SIGN_IN_LIMIT: RateLimit = { name: 'auth.signIn', points: 60, windowSeconds: 60, shared: 'open' };
export const MAIL_LIMIT: RateLimit = { name: 'auth.mail', points: 10, windowSeconds: 60, shared: 'closed' };

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
