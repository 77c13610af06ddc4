/**
 * The tokens in the cookies of page sessions: each is replaced by its successor after a while of use, and one that comes
 * back after that was copied, so that its session ends (OWASP ASVS 5.0 §7.2). Table: auth_page_tokens.
 *
 * A token is replaced when its successor first comes back, not when it is given: the answer that carried it may be lost. The
 * successor is derived from the token, so that answers that overtake each other, and replicas, give the same one.
 */
import { createRowCache, randomToken, sha256, tokenHash } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { People } from '../accounts/people.ts';
import type { SessionRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuthConfig } from '../config.ts';
import type { Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { PageTokenRow } from './tables.ts';

export interface PresentedToken {
  token: string;
  row: PageTokenRow;
  session: SessionRow;
}

export interface PageTokens {
  /** The first token of a session. */
  begin(trx: Transaction, sessionId: string): Promise<string>;
  /**
   * What a cookie holds; null when it is nothing of ours, or over. `isRecheck`: for a stream that it has opened.
   * Throws `token_reused` for a copy, and ends its session.
   */
  present(token: string, isRecheck: boolean, origin: Origin): Promise<PresentedToken | null>;
  /** The token that takes its place, when it is time and nobody else is being given it. */
  successorOf(presented: PresentedToken): Promise<string | null>;
}

/** Requests that were on their way when the successor came back, of other tabs too. */
const GRACE_MS = 60_000;
/** A successor that has not come back for so long did not arrive. */
const LOST_MS = 30_000;
/** Older tokens are nobody's: they open nothing, and tell nothing. */
const KEEP_REPLACED_MS = 2 * 24 * 3600_000;
/** 32 bytes, base64url. */
const FORM = /^[\w-]{43}$/;

export function createPageTokens(
  services: Services & { config: AuthConfig; people: People; auditLog: AuditLog },
): PageTokens {
  const { db, clock, secrets, config, people, auditLog } = services;
  const rotateMs = config.session.rotateMinutes * 60_000;
  const known = createRowCache<string, Omit<PresentedToken, 'token'>>(db, load);
  people.onInvalidate((change) => {
    if (change === null) known.clear();
    else known.drop(({ session }) => session.user_id === change.userId);
  });

  return { begin, present, successorOf };

  async function begin(trx: Transaction, sessionId: string): Promise<string> {
    const token = randomToken();
    const now = clock.now();
    await trx('auth_page_tokens').insert({
      token_hash: sha256(token),
      session_id: sessionId,
      created_at: now,
      given_at: now,
      used_at: now,
    });
    return token;
  }

  async function present(token: string, isRecheck: boolean, origin: Origin): Promise<PresentedToken | null> {
    if (!FORM.test(token)) return null;
    const found = await known.get(tokenHash(token));
    const now = clock.now();
    if (!found || found.session.revoked_at !== null || found.session.expires_at <= now) return null;
    const { row } = found;
    if (row.replaced_at !== null) {
      // What has it open may go on for as long as another token would; a page opens its stream again with its new one.
      if (isRecheck) return now <= row.replaced_at + rotateMs ? { token, ...found } : null;
      if (now > row.replaced_at + GRACE_MS) return endCopied(found, origin);
    } else if (row.used_at === null && !isRecheck) await confirm(found);
    return { token, ...found };
  }

  async function endCopied({ session }: { session: SessionRow }, origin: Origin): Promise<never> {
    await db.transaction(async (trx) => {
      await people.endSession(trx, session.id);
      const user = await trx('auth_users').where({ id: session.user_id }).first('uuid');
      const actor = { kind: 'user', id: user?.uuid ?? session.id, tenantId: null };
      await auditLog.record({ action: 'session.token_reused', actor, targetId: session.id, ...origin }, trx);
    });
    throw authErrors.token_reused({
      message: 'This cookie was replaced; for safety the session has ended. Sign in again',
    });
  }

  /** It has arrived: the one before it is over. */
  async function confirm({ row, session }: Omit<PresentedToken, 'token'>): Promise<void> {
    const now = clock.now();
    await db.transaction(async (trx) => {
      await lock(trx, session.id);
      const first = await trx('auth_page_tokens')
        .where({ token_hash: row.token_hash, used_at: null })
        .update({ used_at: now });
      if (first === 0 || row.parent_hash === null) return;
      await trx('auth_page_tokens')
        .where({ token_hash: row.parent_hash, replaced_at: null })
        .update({ replaced_at: now });
      db.afterCommit(trx, () => known.drop((other) => other.session.id === session.id));
    });
  }

  async function successorOf({ token, row, session }: PresentedToken): Promise<string | null> {
    const now = clock.now();
    if (row.replaced_at !== null || now - row.created_at < rotateMs) return null;
    const next = secrets.sign('auth.page-token', token);
    const isGiven = await db.transaction(async (trx) => {
      if (!(await lock(trx, session.id))) return false;
      const token_hash = sha256(next);
      const given = await trx('auth_page_tokens').where({ token_hash }).first();
      if (given) {
        if (given.used_at !== null || now - given.given_at < LOST_MS) return false;
        await trx('auth_page_tokens').where({ token_hash }).update({ given_at: now });
        return true;
      }
      const old = trx('auth_page_tokens').where({ session_id: session.id });
      await old.where('replaced_at', '<', now - KEEP_REPLACED_MS).delete();
      const about = { session_id: session.id, parent_hash: row.token_hash, created_at: now, given_at: now };
      await trx('auth_page_tokens').insert({ token_hash, ...about });
      return true;
    });
    return isGiven ? next : null;
  }

  /** One at a time for each session, on every replica; false when it has ended. */
  async function lock(trx: Transaction, id: string): Promise<boolean> {
    return (await trx('auth_sessions').where({ id, revoked_at: null }).forUpdate().first('id')) !== undefined;
  }

  async function load(token_hash: string): Promise<Omit<PresentedToken, 'token'> | null> {
    const row = await db.read('auth_page_tokens').where({ token_hash }).first();
    // The row that everybody else is shown as well: each use moves its end.
    const session = row && (await people.sessionById(row.session_id));
    return row && session ? { row, session } : null;
  }
}
