/** Choosing and changing passwords: by link, by their owner, by an administrator. */
import type { Transaction } from '#core/database/database.ts';
import type { Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import { authErrors } from '../errors.ts';
import type { Origin } from './sessions.ts';

export interface PasswordChanges {
  /** The hash of a password that may be used. Throws `weak_password`. Slow: never inside a transaction. */
  hashOf(password: string): Promise<string>;
  /** Mails a reset link when the address is known. Says nothing either way. */
  requestReset(email: string, origin: Origin): Promise<void>;
  /** Throws `invalid_link`, `weak_password`. Ends all sessions. */
  reset(token: string, password: string, origin: Origin): Promise<void>;
  /** For somebody who is signed in. Ends all sessions, this one too. Throws `weak_password`. */
  change(principal: Principal & { userId: number }, password: string, origin: Origin): Promise<void>;
}

export function createPasswordChanges(services: Services): PasswordChanges {
  const { db, passwords, links, mails, people, auditLog } = services;

  return { hashOf, requestReset, reset, change };

  async function hashOf(password: string): Promise<string> {
    const problem = passwords.problemWith(password);
    if (problem) throw authErrors.weak_password({ message: problem });
    return passwords.hash(password);
  }

  async function requestReset(email: string, origin: Origin): Promise<void> {
    const user = await people.userByIdentifier(email);
    if (!user?.email || user.status !== 'active') return;
    const { id, uuid, email: to } = user;
    await db.transaction(async (trx) => {
      await mails.enqueue(trx, 'reset', to, await links.make(trx, 'reset', { userId: id }));
      const actor = { kind: 'user', id: uuid, tenantId: null };
      await auditLog.record({ action: 'password.reset_requested', actor, ...origin }, trx);
    });
  }

  async function reset(token: string, password: string, origin: Origin): Promise<void> {
    const password_hash = await hashOf(password);
    await db.transaction(async (trx) => {
      const { user_id } = await links.redeem(trx, 'reset', token);
      if (user_id === null) throw authErrors.invalid_link();
      await store(trx, user_id, password_hash, 'password.reset', origin);
    });
  }

  async function change(principal: Principal & { userId: number }, password: string, origin: Origin): Promise<void> {
    const password_hash = await hashOf(password);
    await db.transaction((trx) => store(trx, principal.userId, password_hash, 'password.changed', origin));
  }

  async function store(trx: Transaction, id: number, hash: string, action: string, origin: Origin): Promise<void> {
    const user = await trx('auth_users').where({ id }).first();
    if (!user) throw authErrors.invalid_link();
    await people.updateUser(trx, id, { password_hash: hash });
    await people.endSessions(trx, id);
    if (user.email) await mails.enqueue(trx, 'password_changed', user.email);
    await auditLog.record({ action, actor: { kind: 'user', id: user.uuid, tenantId: null }, ...origin }, trx);
  }
}
