/**
 * Sessions of people in pages: a cookie that names them, a token that proves that a page of ours asks. Beside the bearer
 * tokens of programs, and among the same sessions. Tables: auth_sessions, auth_page_tokens.
 */
import { v7 as uuidv7 } from 'uuid';
import { type Credentials, requestOrigin, safeEqual } from '#core/kit.ts';
import { coreErrors, defineBatch, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { Admission } from '../accounts/admission.ts';
import type { People } from '../accounts/people.ts';
import type { SessionRow, UserRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuthConfig } from '../config.ts';
import type { Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { OpenedPage } from './answers.ts';
import { lifetimeOf, pageCookie } from './page-cookie.ts';
import type { PageTokens } from './page-tokens.ts';
import type { Sessions } from './sessions.ts';

export interface PageSessions {
  /** Opens a session for who has proved who they are. That of `formerCookie`, which the browser still had, ends. */
  open(user: UserRow, method: string, origin: Origin, formerCookie?: string): Promise<OpenedPage>;
  /**
   * The principal of the cookie; null without one that is good, at once without any. Throws `foreign_page`,
   * `csrf_token_required`, `token_reused`.
   */
  principalOf(credentials: Credentials): Promise<Principal | null> | null;
  /** Who has this session; null when it has ended. */
  principalIn(sessionId: string): Promise<Principal | null>;
  /**
   * Goes on under another name, after a change of rights; null for who did not come with a cookie, and when the session has
   * ended meanwhile.
   */
  renew(principal: Principal): Promise<OpenedPage | null>;
  /** Null for who did not come with a cookie. */
  csrfTokenOf(principal: Principal): string | null;
  cookieName: string;
  /** The `Set-Cookie` value after signing out. */
  removal: string;
}

/** What a principal carries as `detail` who came with the cookie. */
const BY_COOKIE = 'page session';
/** `last_used_at` is exact to this, or to a tenth of the idle time. */
const LAST_USED_STEP_MS = 60_000;

const lastUsed = defineBatch<{ id: string; at: number; expiresAt: number }, void>({
  name: 'auth.pageUsed',
  async write(trx, items) {
    // In one order, so that two replicas that write of the same sessions do not wait for each other.
    const inOrder = [...items].sort((one, other) => (one.id < other.id ? -1 : 1));
    for (const { id, at, expiresAt } of inOrder) {
      const older = trx('auth_sessions').where({ id }).where('last_used_at', '<', at);
      await older.update({ last_used_at: at, expires_at: expiresAt });
    }
    return items.map(() => undefined);
  },
});

export function createPageSessions(
  services: Services & {
    config: AuthConfig;
    people: People;
    admission: Admission;
    sessions: Sessions;
    pageTokens: PageTokens;
    auditLog: AuditLog;
  },
): PageSessions {
  const { db, clock, config, coreConfig, secrets, log, people, admission, sessions, pageTokens, auditLog } = services;
  const { publicUrl } = coreConfig.http;
  const cookie = pageCookie(publicUrl);
  const { idleMs, endMs } = lifetimeOf(config);
  const usedStepMs = Math.min(LAST_USED_STEP_MS, idleMs / 10);

  return { open, principalOf, principalIn, renew, csrfTokenOf, cookieName: cookie.name, removal: cookie.removal };

  async function open(user: UserRow, method: string, origin: Origin, formerCookie = ''): Promise<OpenedPage> {
    const former = await pageTokens.present(formerCookie, true, origin);
    return db.transaction(async (trx) => {
      const now = clock.now();
      const endsAt = now + endMs;
      const id = await sessions.insert(trx, user, method, origin, { expiresAt: expiryOf(now, endsAt), endsAt });
      if (former) await people.endSession(trx, former.session.id);
      return opened(trx, { id, endsAt });
    });
  }

  async function renew(principal: Principal): Promise<OpenedPage | null> {
    if (!isByCookie(principal)) return null;
    return db.transaction(async (trx) => {
      // The person before the session, as whoever ends all of theirs.
      await trx('auth_users')
        .where({ id: principal.userId ?? 0 })
        .forUpdate()
        .first('id');
      const old = await trx('auth_sessions')
        .where({ id: principal.credentialId, revoked_at: null })
        .forUpdate()
        .first();
      const now = clock.now();
      if (!old || old.ends_at === null || old.expires_at <= now) return null;
      // Since when somebody is signed in, and until when, stays: this is no new proof of who they are.
      const next = { ...old, id: uuidv7(), last_used_at: now, expires_at: expiryOf(now, old.ends_at) };
      await trx('auth_sessions').insert(next);
      await people.endSession(trx, old.id);
      const detail = { by: next.id };
      const entry = { action: 'session.renewed', actor: principal, targetType: 'session', targetId: old.id, detail };
      await auditLog.record(entry, trx);
      return opened(trx, { id: next.id, endsAt: old.ends_at });
    });
  }

  async function opened(trx: Transaction, session: { id: string; endsAt: number }): Promise<OpenedPage> {
    const token = await pageTokens.begin(trx, session.id);
    return {
      sessionId: session.id,
      cookie: cookie.set(token, session.endsAt - clock.now()),
      csrfToken: csrfOf(session.id),
    };
  }

  function principalOf(credentials: Credentials): Promise<Principal | null> | null {
    const tokens = credentials.cookies(cookie.name);
    return tokens.length === 0 || namesAnother(credentials) ? null : holderOf(tokens, credentials);
  }

  async function holderOf(tokens: readonly string[], credentials: Credentials): Promise<Principal | null> {
    const { ip, userAgent, isRecheck, setCookie } = credentials;
    refuseForeign(credentials);
    // A sibling domain may have added its own: neither is believed.
    if (tokens.length > 1)
      throw authErrors.invalid_token({ message: 'Two session cookies came; delete those of this site' });
    const presented = await pageTokens.present(tokens[0] ?? '', isRecheck, { ip, userAgent });
    if (!presented) return null;
    const { session } = presented;
    if (credentials.intent === 'write' && !safeEqual(credentials.header('x-csrf-token'), csrfOf(session.id)))
      throw coreErrors.csrf_token_required();
    const principal = await admission.principalOf(session.user_id);
    if (!principal || session.ends_at === null) throw ended();
    if (!isRecheck) {
      await noteUse(session, session.ends_at);
      const next = setCookie ? await pageTokens.successorOf(presented) : null;
      if (next) setCookie?.(cookie.set(next, session.ends_at - clock.now()));
    }
    return byCookie(principal, session.id);
  }

  async function principalIn(sessionId: string): Promise<Principal | null> {
    const user = await sessions.userOf(sessionId);
    const principal = user && (await admission.principalOf(user.id));
    return principal && byCookie(principal, sessionId);
  }

  /** Cookies come along by themselves: nothing that another site's page has sent is done in the person's name. */
  function refuseForeign({ intent, header }: Credentials): void {
    const origin = requestOrigin(header, publicUrl);
    const isFine = intent === 'read' ? origin !== 'foreign' : origin === 'own';
    if (!isFine) throw coreErrors.foreign_page();
  }

  /** A stream that is open is no use: a page that nobody looks at ends in its time. */
  async function noteUse(session: SessionRow, endsAt: number): Promise<void> {
    const now = clock.now();
    if (now - session.last_used_at < usedStepMs) return;
    // The row may be one that this process remembers.
    session.last_used_at = now;
    session.expires_at = expiryOf(now, endsAt);
    const use = { id: session.id, at: now, expiresAt: session.expires_at };
    await db
      .batch(lastUsed, use)
      .catch((error) => log.warn({ err: error }, 'The last use of a session was not written'));
  }

  function expiryOf(now: number, endsAt: number): number {
    return Math.min(now + idleMs, endsAt);
  }

  function csrfTokenOf(principal: Principal): string | null {
    return isByCookie(principal) ? csrfOf(principal.credentialId ?? '') : null;
  }

  function csrfOf(sessionId: string): string {
    return secrets.sign('auth.csrf', sessionId);
  }
}

/** Who names a token or key is that, or nobody. */
function namesAnother({ header, query }: Credentials): boolean {
  const named = [header('authorization'), header('x-api-key'), header('x-admin-token'), query('admin_token')];
  return named.some((credential) => credential !== '');
}

function byCookie(principal: Principal, sessionId: string): Principal {
  return { ...principal, credentialId: sessionId, isAtPage: true, detail: BY_COOKIE };
}

function isByCookie({ detail }: Principal): boolean {
  return detail === BY_COOKIE;
}

function ended() {
  return authErrors.invalid_token({ message: 'The session has ended; sign in again' });
}
