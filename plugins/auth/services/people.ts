/**
 * Rows of users, tenants and sessions, kept in memory while this process is the only writer (SQLite):
 * a request of somebody known costs no query. Every write to these tables goes through here or calls `forget`.
 * Tables: auth_users, auth_tenants, auth_sessions.
 */
import type { Transaction } from '#core/database/database.ts';
import { createRowCache } from '#core/database/row-cache.ts';
import { PRINCIPALS_CHANGED } from '#core/http/connections.ts';
import type { Services } from '#core/plugin.ts';
import type { SessionRow, TenantRow, UserRow } from '../tables.ts';
import { normalName } from './names.ts';

export type UserPatch = Partial<Omit<UserRow, 'id' | 'uuid' | 'created_at'>>;

export interface People {
  userById(id: number): Promise<UserRow | null>;
  userByUuid(uuid: string): Promise<UserRow | null>;
  /** By e-mail address, user name or phone number, any case. */
  userByIdentifier(identifier: string): Promise<UserRow | null>;
  tenantById(id: number): Promise<TenantRow | null>;
  tenantByUuid(uuid: string): Promise<TenantRow | null>;
  sessionById(id: string): Promise<SessionRow | null>;
  updateUser(trx: Transaction, id: number, patch: UserPatch): Promise<void>;
  updateTenant(trx: Transaction, id: number, patch: Partial<TenantRow>): Promise<void>;
  /** Ends every session of the user, and with them their tokens and cookies. */
  endSessions(trx: Transaction, userId: number, except?: string): Promise<void>;
  endSession(trx: Transaction, sessionId: string): Promise<void>;
  /** Drops what is remembered once the transaction has committed. */
  forget(trx: Transaction): void;
  /** Run whenever remembered rows are dropped: for caches that are made from them. */
  onForget(fn: () => void): void;
}

export function createPeople({ db, clock, notices }: Services): People {
  const users = createRowCache<number, UserRow>(db, (id) => db.read('auth_users').where({ id }).first());
  const tenants = createRowCache<number, TenantRow>(db, (id) => db.read('auth_tenants').where({ id }).first());
  const sessions = createRowCache<string, SessionRow>(db, (id) => db.read('auth_sessions').where({ id }).first());
  const listeners: (() => void)[] = [];

  return {
    userById: users.get,
    tenantById: tenants.get,
    sessionById: sessions.get,
    async userByUuid(uuid) {
      return (await db.read('auth_users').where({ uuid }).first()) ?? null;
    },
    async userByIdentifier(identifier) {
      const text = normalName(identifier);
      const column = text.includes('@') ? 'email' : /^\+\d+$/.test(text) ? 'phone' : 'username';
      const found = db.read('auth_users').where(column, text);
      // One query for whoever is asked for, so that its time does not tell who is known.
      if (column === 'username')
        found.orWhere('phone', text).orderByRaw('case when username = ? then 0 else 1 end', [text]);
      return (await found.first()) ?? null;
    },
    async tenantByUuid(uuid) {
      return (await db.read('auth_tenants').where({ uuid }).first()) ?? null;
    },
    async updateUser(trx, id, patch) {
      await trx('auth_users')
        .where({ id })
        .update({ ...patch, updated_at: clock.now() });
      forget(trx);
    },
    async updateTenant(trx, id, patch) {
      await trx('auth_tenants')
        .where({ id })
        .update({ ...patch, updated_at: clock.now() });
      forget(trx);
    },
    async endSessions(trx, userId, except) {
      const open = trx('auth_sessions').where({ user_id: userId }).whereNull('revoked_at');
      if (except) open.whereNot({ id: except });
      await open.update({ revoked_at: clock.now() });
      // Who is proving who they are at this moment gets no session either.
      await trx('auth_users').where({ id: userId }).increment('token_version', 1);
      forget(trx);
    },
    async endSession(trx, sessionId) {
      await trx('auth_sessions').where({ id: sessionId }).whereNull('revoked_at').update({ revoked_at: clock.now() });
      forget(trx);
    },
    forget,
    onForget: (fn) => void listeners.push(fn),
  };

  function forget(trx: Transaction): void {
    db.afterCommit(trx, () => {
      for (const cache of [users, tenants, sessions]) cache.clear();
      for (const fn of listeners) fn();
      notices.sendNow(PRINCIPALS_CHANGED);
    });
  }
}
