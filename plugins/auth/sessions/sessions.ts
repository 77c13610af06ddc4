/**
 * Sessions: a sign-in is a family of refresh tokens, each used once. A token that comes twice ends its family
 * (RFC 9700 §4.14.2). Tables: auth_sessions, auth_refresh_tokens.
 */
import { v7 as uuidv7 } from 'uuid';
import { randomToken, sha256 } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import type { AccountData } from '../account-data.ts';
import type { People } from '../accounts/people.ts';
import type { UserRow } from '../accounts/tables.ts';
import { userView } from '../accounts/views.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuthConfig } from '../config.ts';
import type { Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { LoginAnswer } from './answers.ts';
import { sessionDataOf } from './personal-data.ts';
import type { Tokens } from './tokens.ts';

export interface Lifetime {
  expiresAt: number;
  /** Where `expiresAt` moves on with use, up to this. */
  endsAt: number | null;
}

export interface Sessions {
  /** Opens a session for somebody who has proved who they are. */
  open(user: UserRow, method: string, origin: Origin): Promise<LoginAnswer>;
  /** Begins a session without tokens, for a cookie that names it; gives its id. */
  begin(user: UserRow, method: string, origin: Origin, lifetimeMs: number): Promise<string>;
  /** The row of a new session; gives its id. Throws `invalid_token` when the account was changed meanwhile. */
  insert(trx: Transaction, user: UserRow, method: string, origin: Origin, lifetime: Lifetime): Promise<string>;
  /** Whose session it is; null when it has ended. */
  userOf(id: string): Promise<UserRow | null>;
  /** A new pair for a refresh token. Throws `invalid_token`, `token_reused`, `account_suspended`. */
  refresh(token: string, origin: Origin): Promise<LoginAnswer>;
  /** Ends the session of the refresh token, or the given one. */
  end(options: { refreshToken?: string; sessionId?: string; principal: Principal }): Promise<void>;
}

export function createSessions(
  services: Services & {
    people: People;
    tokens: Tokens;
    auditLog: AuditLog;
    accountData: AccountData;
    config: AuthConfig;
  },
): Sessions {
  const { db, clock, config, people, tokens, auditLog, accountData } = services;
  accountData.add({ export: (user) => sessionDataOf(db, user) });
  const lifetimeMs = config.refreshTokenDays * 24 * 3600_000;

  return { open, begin, insert, userOf, refresh, end };

  async function open(user: UserRow, method: string, origin: Origin): Promise<LoginAnswer> {
    const opened = await db.transaction(async (trx) => {
      const expiresAt = clock.now() + lifetimeMs;
      const id = await insert(trx, user, method, origin, { expiresAt, endsAt: null });
      return { id, refreshToken: await issueRefresh(trx, { id, expiresAt }) };
    });
    return answer(user, opened.id, opened.refreshToken);
  }

  async function begin(user: UserRow, method: string, origin: Origin, lifetime: number): Promise<string> {
    const expiresAt = clock.now() + lifetime;
    return db.transaction((trx) => insert(trx, user, method, origin, { expiresAt, endsAt: null }));
  }

  async function userOf(id: string): Promise<UserRow | null> {
    const session = await people.sessionById(id);
    if (!session || session.revoked_at !== null || session.expires_at <= clock.now()) return null;
    return people.userById(session.user_id);
  }

  async function insert(
    trx: Transaction,
    user: UserRow,
    method: string,
    origin: Origin,
    { expiresAt, endsAt }: Lifetime,
  ): Promise<string> {
    await refuseOutdated(trx, user);
    const now = clock.now();
    const id = uuidv7();
    await trx('auth_sessions').insert({
      id,
      user_id: user.id,
      method,
      ip: origin.ip,
      user_agent: origin.userAgent.slice(0, 300),
      created_at: now,
      last_used_at: now,
      expires_at: expiresAt,
      ends_at: endsAt,
    });
    await people.updateUser(trx, user.id, { last_login_at: now });
    return id;
  }

  /** All sessions may have been ended (a new password, a suspension) while somebody was proving who they are. */
  async function refuseOutdated(trx: Transaction, { id, token_version }: UserRow): Promise<void> {
    const now = await trx('auth_users').where({ id, token_version, status: 'active' }).forUpdate().first('id');
    if (!now) throw authErrors.invalid_token({ message: 'The account was changed in the meantime; sign in again' });
  }

  async function refresh(token: string, origin: Origin): Promise<LoginAnswer> {
    const { sid, jti } = await tokens.verifyRefresh(token);
    const outcome = await db.transaction(async (trx) => {
      const session = await trx('auth_sessions').where({ id: sid }).first();
      const now = clock.now();
      if (!session || session.revoked_at !== null || session.expires_at <= now) return null;
      const used = await trx('auth_refresh_tokens')
        .where({ token_hash: sha256(jti), session_id: sid })
        .whereNull('used_at')
        .update({ used_at: now });
      const user = await trx('auth_users').where({ id: session.user_id }).first();
      if (used === 0) {
        await people.endSession(trx, sid);
        const actor = { kind: 'user', id: user?.uuid ?? sid, tenantId: null };
        await auditLog.record({ action: 'session.token_reused', actor, targetId: sid, ...origin }, trx);
        return 'reused';
      }
      await trx('auth_sessions').where({ id: sid }).update({ last_used_at: now });
      return { user, refreshToken: await issueRefresh(trx, { id: sid, expiresAt: session.expires_at }) };
    });
    if (outcome === 'reused') throw authErrors.token_reused();
    if (!outcome?.user) throw authErrors.invalid_token({ message: 'The session has ended; sign in again' });
    if (outcome.user.status !== 'active') throw authErrors.account_suspended();
    return answer(outcome.user, sid, outcome.refreshToken);
  }

  async function end({ refreshToken, sessionId, principal }: Parameters<Sessions['end']>[0]): Promise<void> {
    const named = refreshToken ? (await tokens.verifyRefresh(refreshToken)).sid : sessionId;
    if (!named) return;
    const session = await people.sessionById(named);
    if (!session || session.user_id !== principal.userId) return;
    await db.transaction(async (trx) => {
      await people.endSession(trx, named);
      await auditLog.record({ action: 'session.ended', actor: principal, targetType: 'session', targetId: named }, trx);
    });
  }

  async function issueRefresh(trx: Transaction, session: { id: string; expiresAt: number }): Promise<string> {
    const jti = randomToken();
    await trx('auth_refresh_tokens').insert({
      token_hash: sha256(jti),
      session_id: session.id,
      created_at: clock.now(),
    });
    return tokens.refresh({ ...session, jti });
  }

  async function answer(user: UserRow, sessionId: string, refreshToken: string): Promise<LoginAnswer> {
    const tenant = await people.tenantById(user.tenant_id);
    const tenantId = tenant?.uuid ?? '';
    const fresh = (await people.userById(user.id)) ?? user;
    const accessToken = await tokens.access({
      sub: fresh.uuid,
      uid: fresh.id,
      tenant_id: tenantId,
      role: fresh.role,
      sid: sessionId,
    });
    return {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'bearer',
      expires_in: tokens.accessSeconds,
      user: userView(fresh, tenantId),
    };
  }
}
