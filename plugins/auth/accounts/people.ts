/**
 * Rows of users, tenants and sessions, kept in memory while this process is the only writer (SQLite):
 * a request of somebody known costs no query. Every write to these tables goes through here or calls `invalidate`.
 * Tables: auth_users, auth_tenants, auth_sessions.
 */
import { createRowCache, PRINCIPALS_CHANGED, type PrincipalsChange } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { normalName } from './names.ts';
import type { SessionRow, TenantRow, UserRow } from './tables.ts';

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
  /** Drops what is remembered of whom a change concerns, by default of everybody, once the transaction has committed. */
  invalidate(trx: Transaction, change?: PrincipalsChange): void;
  /** Run whenever remembered rows are dropped: for caches that are made from them. */
  onInvalidate(fn: (change: PrincipalsChange) => void): void;
}

/** What gives nobody other rights: the notice of it would ask about everything that is open, at each sign-in. */
const WITHOUT_RIGHTS: ReadonlySet<string> = new Set<keyof UserPatch>([
  ...(['last_login_at', 'full_name', 'avatar', 'username', 'pending_email', 'email_verified_at'] as const),
  // Whoever sets one ends the sessions as well.
  'password_hash',
]);

export function createPeople({ db, clock, notices }: Services): People {
  const users = createRowCache<number, UserRow>(db, (id) => db.read('auth_users').where({ id }).first());
  const tenants = createRowCache<number, TenantRow>(db, (id) => db.read('auth_tenants').where({ id }).first());
  const sessions = createRowCache<string, SessionRow>(db, (id) => db.read('auth_sessions').where({ id }).first());
  const listeners: ((change: PrincipalsChange) => void)[] = [];

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
      // One query for whoever is asked for, so that its time does not tell who is known. Digits are a number, also where
      // somebody has them as a name.
      if (column === 'username')
        found
          .orWhere('phone', text)
          .orderByRaw(`case when ${/^\d+$/.test(text) ? 'phone' : 'username'} = ? then 0 else 1 end`, [text]);
      return (await found.first()) ?? null;
    },
    async tenantByUuid(uuid) {
      return (await db.read('auth_tenants').where({ uuid }).first()) ?? null;
    },
    async updateUser(trx, id, patch) {
      await trx('auth_users')
        .where({ id })
        .update({ ...patch, updated_at: clock.now() });
      if (Object.keys(patch).every((name) => WITHOUT_RIGHTS.has(name))) {
        db.afterCommit(trx, () => users.drop((user) => user.id === id));
      } else invalidate(trx, await changeOf(trx, id, patch));
    },
    async updateTenant(trx, id, patch) {
      const [changed] = await trx('auth_tenants')
        .where({ id })
        .update({ ...patch, updated_at: clock.now() })
        .returning('uuid');
      if (!changed) return;
      // Keys that a super-admin of it has made may be anybody's, in any tenant.
      const mayBeAnybody =
        patch.status !== undefined && (await trx('auth_users').where({ tenant_id: id, is_superadmin: 1 }).first('id'));
      invalidate(trx, mayBeAnybody ? null : { tenantId: changed.uuid });
    },
    async endSessions(trx, userId, except) {
      // Held first: a session that begins at this moment is there by then, or finds that it is too late.
      await trx('auth_users').where({ id: userId }).forUpdate().first('id');
      const open = trx('auth_sessions').where({ user_id: userId }).whereNull('revoked_at');
      if (except) open.whereNot({ id: except });
      await open.update({ revoked_at: clock.now() });
      // Who is proving who they are at this moment gets no session either.
      await trx('auth_users').where({ id: userId }).increment('token_version', 1);
      invalidate(trx, { userId });
    },
    async endSession(trx, sessionId) {
      const open = trx('auth_sessions').where({ id: sessionId }).whereNull('revoked_at');
      const [ended] = await open.update({ revoked_at: clock.now() }).returning('user_id');
      if (ended) invalidate(trx, { userId: ended.user_id });
    },
    invalidate,
    onInvalidate: (fn) => void listeners.push(fn),
  };

  /** Keys that somebody made for others of the tenant depend on their maker; those of a super-admin may be anywhere. */
  async function changeOf(trx: Transaction, id: number, patch: UserPatch): Promise<PrincipalsChange> {
    const user = await trx('auth_users')
      .join('auth_tenants', 'auth_tenants.id', 'auth_users.tenant_id')
      .where('auth_users.id', id)
      .first('is_superadmin', 'auth_tenants.uuid as tenant');
    if (!user || user.is_superadmin === 1 || 'is_superadmin' in patch || 'tenant_id' in patch) return null;
    return { userId: id, tenantId: user.tenant };
  }

  function invalidate(trx: Transaction, change: PrincipalsChange = null): void {
    db.afterCommit(trx, () => {
      drop(change);
      for (const fn of listeners) fn(change);
      notices.sendNow(PRINCIPALS_CHANGED, change);
    });
  }

  function drop(change: PrincipalsChange): void {
    if (change === null) for (const cache of [users, tenants, sessions]) cache.clear();
    if (change?.userId !== undefined) {
      users.drop(({ id }) => id === change.userId);
      sessions.drop(({ user_id }) => user_id === change.userId);
    }
    if (change?.tenantId !== undefined) tenants.drop(({ uuid }) => uuid === change.tenantId);
  }
}
