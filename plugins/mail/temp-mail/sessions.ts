/**
 * Browser sessions of the temp-mail API: a signed cookie for people, mailboxes and the guest.
 * Table: mail_ended_sessions.
 */
import { randomUUID } from 'node:crypto';
import { type Credentials, lazily, type RateLimit, safeEqual } from '#core/kit.ts';
import { coreErrors, type Principal, type Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { MailConfig } from '../config.ts';
import { mailErrors } from '../errors.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { MailSuspension } from '../mailboxes/suspension.ts';
import type { MailboxRow } from '../mailboxes/tables.ts';

const jose = lazily<typeof import('jose')>('jose', import.meta.url);

export const COOKIE = 'patchbay-session';
const LIFETIME_SECONDS = 7 * 24 * 3600;
const TRIES: RateLimit = { name: 'mail.login', points: 10, windowSeconds: 60, shared: 'closed' };
const TRIES_OF_MAILBOX: RateLimit = { name: 'mail.login.mailbox', points: 10, windowSeconds: 900, shared: 'closed' };

export interface SignedIn {
  principal: Principal;
  canSend: boolean;
  /** How many mailboxes; null without a limit. */
  mailboxLimit: number | null;
}

export interface MailSessions {
  /** By user name, e-mail address, mailbox address, or `guest`. Throws `invalid_credentials`, `rate_limited`. */
  signIn(attempt: {
    username: string;
    password: string;
    otp?: string;
    ip: string;
    userAgent: string;
  }): Promise<SignedIn>;
  /** The `Set-Cookie` value of a session. */
  cookieFor(principal: Principal, origin: { ip: string; userAgent: string }): Promise<string>;
  /** Ends the session of a cookie, wherever else it is kept; gives the `Set-Cookie` value that removes it. */
  signOut(cookie: string): Promise<string>;
  /** The principal of the cookie; null without a good one. Throws `foreign_origin`. */
  principalOf(credentials: Credentials): Promise<Principal | null> | null;
  /** What the temp-mail API calls the principal. */
  usernameOf(principal: Principal): Promise<string>;
  /** Sessions that would have ended by now anyway. */
  deleteOld(): Promise<void>;
}

interface Claims {
  /** Names the session, so that it can be ended. */
  jti: string;
  kind: 'user' | 'mailbox' | 'guest';
  /** User id, or mailbox address. */
  who: string;
  /** The person's session, or a mark of the mailbox's owner and password: changing either ends the session. */
  ver: string;
}

export function createMailSessions(
  services: Services & AuthServices & { mailSuspension: MailSuspension; mailboxes: Mailboxes; config: MailConfig },
): MailSessions {
  const {
    mailSuspension,
    db,
    config,
    clock,
    secrets,
    coreConfig,
    accounts,
    people,
    passwords,
    mailboxes,
    rateLimits,
    auditLog,
    sessions,
  } = services;
  const key = secrets.derive('mail.session');
  const isHttps = coreConfig.http.publicUrl.startsWith('https:');
  const ownOrigin = new URL(coreConfig.http.publicUrl).origin;

  return { signIn, cookieFor, signOut, principalOf, usernameOf, deleteOld };

  async function signIn(attempt: Parameters<MailSessions['signIn']>[0]): Promise<SignedIn> {
    await rateLimits.consume(TRIES, attempt.ip);
    const { username, password, otp, ip, userAgent } = attempt;
    if (username === 'guest' && config.guest.enabled) return signInGuest(password);
    const mailbox = mailboxes.own(username) ? await signInMailbox(username, password, ip, userAgent) : null;
    if (mailbox) return mailbox;
    const user = await accounts.signIn({ identifier: username, password, otp, ip, userAgent });
    const principal = await accounts.principalOf(user.id);
    if (!principal) throw coreErrors.unauthenticated();
    const isAdmin = principal.roles.some((role) => role !== 'member');
    return { principal, canSend: user.can_send === 1, mailboxLimit: isAdmin ? null : user.mailbox_limit };
  }

  function signInGuest(password: string): SignedIn {
    const { password: expected } = config.guest;
    if (expected === null || !safeEqual(password, expected)) throw wrongCredentials();
    return { principal: GUEST, canSend: false, mailboxLimit: 0 };
  }

  /** Null when there is no such mailbox with sign-in: the address may be a person's. */
  async function signInMailbox(
    address: string,
    password: string,
    ip: string,
    userAgent: string,
  ): Promise<SignedIn | null> {
    const row = await mailboxes.byAddress(address);
    if (!row?.can_login || (await mailSuspension.of({ tenant_id: row.tenant_id }))) return null;
    // Counted before it is judged, for the mailbox as for the address: tries that come together or from everywhere too.
    await rateLimits.consume(TRIES_OF_MAILBOX, String(row.id));
    const opensByAddress =
      row.password_hash === null && config.defaultPasswordIsAddress && safeEqual(password, row.address);
    const isRight = opensByAddress || (await passwords.verify(row.password_hash, password));
    // By its number: the audit log outlives the mailbox, and must not hold its address then.
    const actor = { kind: 'mailbox', id: String(row.id), tenantId: row.tenant_id };
    const action = isRight ? 'mailbox.signed_in' : 'mailbox.sign_in_failed';
    await auditLog.record({ action, actor, ip, userAgent, attempt: !isRight });
    if (!isRight) throw wrongCredentials();
    await rateLimits.reset(TRIES_OF_MAILBOX, String(row.id));
    return { principal: mailboxPrincipal(row.address, row.tenant_id), canSend: false, mailboxLimit: 1 };
  }

  async function cookieFor(principal: Principal, origin: { ip: string; userAgent: string }): Promise<string> {
    const claims = await claimsOf(principal, origin);
    const now = Math.floor(clock.now() / 1000);
    const token = await new (jose().SignJWT)({ ...claims })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setAudience('mail-session')
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIME_SECONDS)
      .sign(key);
    return `${COOKIE}=${token}; Path=/; Max-Age=${LIFETIME_SECONDS}; HttpOnly; SameSite=Strict${isHttps ? '; Secure' : ''}`;
  }

  async function signOut(cookie: string): Promise<string> {
    const claims = await verified(cookie);
    if (claims) await endSession(claims);
    return `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict${isHttps ? '; Secure' : ''}`;
  }

  async function endSession(claims: Claims): Promise<void> {
    const principal = await currentPrincipal(claims);
    if (!principal) return;
    if (claims.kind === 'user') return sessions.end({ sessionId: claims.ver, principal });
    const ended = { id: claims.jti, expires_at: clock.now() + LIFETIME_SECONDS * 1000 };
    await db.write('mail_ended_sessions').insert(ended).onConflict('id').ignore();
  }

  async function deleteOld(): Promise<void> {
    await db.write('mail_ended_sessions').where('expires_at', '<', clock.now()).delete();
  }

  async function claimsOf(
    principal: Principal,
    origin: { ip: string; userAgent: string },
  ): Promise<Omit<Claims, 'jti'>> {
    if (principal.kind === 'mailbox') {
      const row = await mailboxes.byAddress(principal.id);
      return { kind: 'mailbox', who: principal.id, ver: row ? markOf(row) : '' };
    }
    if (principal.kind === 'guest') return { kind: 'guest', who: 'guest', ver: '' };
    const user = await people.userById(principal.userId ?? 0);
    if (!user) throw coreErrors.unauthenticated();
    const session = await sessions.begin(user, 'cookie', origin, LIFETIME_SECONDS * 1000);
    return { kind: 'user', who: String(user.id), ver: session };
  }

  function principalOf(credentials: Credentials): Promise<Principal | null> | null {
    const token = credentials.cookie(COOKIE);
    return token ? holderOf(token, credentials) : null;
  }

  async function holderOf(token: string, credentials: Credentials): Promise<Principal | null> {
    const claims = await verified(token);
    const principal = claims ? await currentPrincipal(claims) : null;
    if (principal) refuseForeignOrigin(credentials);
    return principal;
  }

  async function verified(token: string): Promise<Claims | null> {
    try {
      const rules = { algorithms: ['HS256'], audience: 'mail-session', currentDate: new Date(clock.now()) };
      const { payload } = await jose().jwtVerify<Partial<Claims>>(token, key, rules);
      return isWhole(payload) ? payload : null;
    } catch (error) {
      if (error instanceof jose().errors.JOSEError) return null;
      throw error;
    }
  }

  async function currentPrincipal({ jti, kind, who, ver }: Claims): Promise<Principal | null> {
    if (kind !== 'user' && (!jti || (await hasEnded(jti)))) return null;
    if (kind === 'guest') return config.guest.enabled ? GUEST : null;
    if (kind === 'mailbox') {
      const row = await mailboxes.byAddress(who);
      if (!row?.can_login || markOf(row) !== ver || (await mailSuspension.of({ tenant_id: row.tenant_id })))
        return null;
      return mailboxPrincipal(row.address, row.tenant_id);
    }
    const user = await sessions.userOf(ver);
    const principal = user && String(user.id) === who ? await accounts.principalOf(user.id) : null;
    return principal && { ...principal, credentialId: ver };
  }

  /** People's sessions are those of their account; those of mailboxes and of the guest end here. */
  async function hasEnded(id: string): Promise<boolean> {
    return (await db.read('mail_ended_sessions').where({ id }).first('id')) !== undefined;
  }

  /**
   * A cookie comes along by itself, so pages of other origins must not be able to use it, sibling domains and other ports
   * included: neither to write nor to read, since some GETs of this API change something.
   */
  function refuseForeignOrigin(credentials: Credentials): void {
    const origin = credentials.header('origin');
    const isOwn = origin === '' || origin === ownOrigin || hostOf(origin) === credentials.header('host');
    // Pages that load an image or open a window send no Origin; browsers say by this header where the request comes from.
    const site = credentials.header('sec-fetch-site');
    if (!isOwn || (origin === '' && site !== '' && site !== 'same-origin' && site !== 'none')) {
      throw mailErrors.foreign_origin();
    }
  }

  async function usernameOf(principal: Principal): Promise<string> {
    if (!principal.userId) return principal.id;
    const user = await people.userById(principal.userId);
    return user?.username ?? user?.email ?? principal.id;
  }

  function markOf({ id, user_id, tenant_id, password_hash }: MailboxRow): string {
    return secrets.sign('mail.password-mark', JSON.stringify([id, user_id, tenant_id, password_hash])).slice(0, 16);
  }
}

/** A signature says who has made a token, and not that it has all its parts: another version makes others. */
function isWhole(claims: Partial<Claims>): claims is Claims {
  const { jti, kind, who, ver } = claims;
  // Sessions of people had no name of their own once.
  return [jti ?? '', kind, who, ver].every((claim) => typeof claim === 'string');
}

const GUEST: Principal = { kind: 'guest', id: 'guest', userId: null, tenantId: null, roles: [], scopes: null };

function mailboxPrincipal(address: string, tenantId: string | null): Principal {
  return { kind: 'mailbox', id: address, userId: null, tenantId, roles: [], scopes: null };
}

function wrongCredentials() {
  return mailErrors.wrong_credentials();
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
