/** Choosing and changing passwords: by link, by their owner, by an administrator. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { Links } from '../accounts/links.ts';
import type { Mails } from '../accounts/mails.ts';
import { hashOf } from '../accounts/password-hash.ts';
import type { People } from '../accounts/people.ts';
import type { UserRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Accounts, Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { Claims } from './claims.ts';

export interface PasswordChanges {
  /** The hash of a password that may be used. Throws `weak_password`. Slow: never inside a transaction. */
  hashOf(password: string): Promise<string>;
  /** Throws `invalid_link`, `weak_password`. Ends all sessions. */
  reset(token: string, password: string, origin: Origin): Promise<void>;
  /**
   * For somebody who is signed in: with the current password, unless there is none, or they have just signed in. Ends all
   * sessions, this one too. Throws `current_password_required`, `invalid_credentials`, `rate_limited`, `weak_password`.
   */
  change(principal: Account, wish: { password: string; current?: string }, origin: Origin): Promise<void>;
}

/** So soon after signing in nobody is asked again who they are: who came by a link may not know the password. */
const FRESH_MS = 15 * 60_000;

export function createPasswordChanges(
  services: Services & {
    claims: Claims;
    links: Links;
    mails: Mails;
    people: People;
    accounts: Accounts;
    auditLog: AuditLog;
  },
): PasswordChanges {
  const { db, clock, passwords, claims, links, mails, people, accounts, auditLog } = services;

  return { hashOf: (password) => hashOf(passwords, password), reset, change };

  async function reset(token: string, password: string, origin: Origin): Promise<void> {
    const password_hash = await hashOf(passwords, password);
    await db.transaction(async (trx) => {
      const link = await links.redeem(trx, 'reset', token);
      const user = await trx('auth_users').where('id', link.user_id).forUpdate().first();
      const isMailed = link.email !== null;
      if (!user || (isMailed && user.email !== link.email)) throw authErrors.invalid_link();
      if (isMailed) await claims.claim(trx, user, origin);
      await store(trx, user, password_hash, 'password.reset', origin);
    });
  }

  async function change(principal: Account, wish: { password: string; current?: string }, origin: Origin) {
    await proveAgain(principal, wish.current, origin);
    const password_hash = await hashOf(passwords, wish.password);
    await db.transaction(async (trx) => {
      const user = await trx('auth_users').where({ id: principal.userId }).forUpdate().first();
      if (!user) throw authErrors.invalid_link();
      await store(trx, user, password_hash, 'password.changed', origin);
    });
  }

  async function proveAgain(principal: Account, current: string | undefined, origin: Origin): Promise<void> {
    const user = await people.userById(principal.userId);
    if (!user?.password_hash) return;
    if (current !== undefined) {
      await accounts.provePassword(user, user.uuid, current, origin);
      return;
    }
    const session = principal.credentialId ? await people.sessionById(principal.credentialId) : null;
    if (!session || session.created_at < clock.now() - FRESH_MS) throw authErrors.current_password_required();
  }

  async function store(trx: Transaction, user: UserRow, hash: string, action: string, origin: Origin): Promise<void> {
    await people.updateUser(trx, user.id, { password_hash: hash });
    await people.endSessions(trx, user.id);
    await links.voidAll(trx, user.id);
    if (user.email) await mails.enqueue(trx, 'password_changed', user.email);
    await auditLog.record({ action, actor: { kind: 'user', id: user.uuid, tenantId: null }, ...origin }, trx);
  }
}
