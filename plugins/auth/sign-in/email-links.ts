/** Signing in and confirming addresses by mailed links. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { Links } from '../accounts/links.ts';
import type { Mails } from '../accounts/mails.ts';
import { throwTaken } from '../accounts/names.ts';
import type { People } from '../accounts/people.ts';
import type { UserRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Accounts, Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { Claims } from './claims.ts';

export interface EmailLinks {
  /** Confirms the address that the token was mailed to, the account's or its new one. Throws `invalid_link`. */
  verify(token: string, origin: Origin): Promise<void>;
  /** Who signs in. The mail was received, so the address is confirmed too. Throws `invalid_link`, `otp_required`. */
  signInByMagic(token: string, otp: string | undefined, origin: Origin): Promise<UserRow>;
}

export function createEmailLinks(
  services: Services & {
    people: People;
    links: Links;
    claims: Claims;
    mails: Mails;
    accounts: Accounts;
    auditLog: AuditLog;
  },
): EmailLinks {
  const { db, clock, people, links, claims, mails, accounts, auditLog } = services;

  return { verify, signInByMagic };

  async function verify(token: string, origin: Origin): Promise<void> {
    await db.transaction(async (trx) => {
      const link = await links.redeem(trx, 'verify', token);
      const user = await trx('auth_users').where('id', link.user_id).forUpdate().first();
      if (!user || link.email === null) throw authErrors.invalid_link();
      if (link.email === user.email) return people.updateUser(trx, user.id, { email_verified_at: clock.now() });
      if (link.email !== user.pending_email) throw authErrors.invalid_link();
      await moveTo(trx, user, link.email, origin);
    });
  }

  /** The old address hears of it: it may be the only one that its owner still reads. */
  async function moveTo(trx: Transaction, user: UserRow, email: string, origin: Origin): Promise<void> {
    const patch = { email, email_verified_at: clock.now(), pending_email: null };
    await people.updateUser(trx, user.id, patch).catch(throwTaken);
    await links.voidAll(trx, user.id);
    if (user.email && user.email_verified_at !== null) await mails.enqueue(trx, 'email_changed', user.email);
    const actor = { kind: 'user', id: user.uuid, tenantId: null };
    await auditLog.record({ action: 'user.email_changed', actor, ...origin }, trx);
  }

  async function signInByMagic(token: string, otp: string | undefined, origin: Origin): Promise<UserRow> {
    const link = await links.find('magic', token);
    const found = link.user_id === null ? null : await people.userById(link.user_id);
    if (!found || found.email !== link.email) throw authErrors.invalid_link();
    // Before the link is used up, so that it stays good for the try with the code. What belongs to an address that nobody
    // has confirmed may be somebody else's, the second factor too.
    if (found.email_verified_at !== null) await accounts.proveSecondFactor(found, otp, origin);
    await db.transaction(async (trx) => {
      await links.redeem(trx, 'magic', token);
      const user = await trx('auth_users').where({ id: found.id }).forUpdate().first();
      if (!user || user.email !== link.email) throw authErrors.invalid_link();
      await claims.claim(trx, user, origin);
    });
    const user = await people.userById(found.id);
    if (!user) throw authErrors.invalid_link();
    await accounts.admit(user, 'magic-link', origin);
    return user;
  }
}
