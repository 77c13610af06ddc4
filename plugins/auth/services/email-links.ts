/** Signing in and confirming addresses by mailed links. */
import type { Services } from '#core/plugin.ts';
import { authErrors } from '../errors.ts';
import type { LoginAnswer, Origin } from './sessions.ts';

export interface EmailLinks {
  /** Confirms the address that the token was mailed to. Throws `invalid_link`. */
  verify(token: string): Promise<void>;
  /** Mails a sign-in link when the address is known. Says nothing either way. */
  requestMagic(email: string): Promise<void>;
  /** Signs in. The mail was received, so the address is confirmed too. Throws `invalid_link`, `otp_required`. */
  signInByMagic(token: string, otp: string | undefined, origin: Origin): Promise<LoginAnswer>;
}

export function createEmailLinks(services: Services): EmailLinks {
  const { db, clock, people, links, mails, accounts, sessions, secondFactor } = services;

  return { verify, requestMagic, signInByMagic };

  async function verify(token: string): Promise<void> {
    await db.transaction(async (trx) => {
      const link = await links.redeem(trx, 'verify', token);
      const user = link.user_id === null ? undefined : await trx('auth_users').where({ id: link.user_id }).first();
      // The address may have been changed since the mail went out.
      if (!user || user.email !== link.email) throw authErrors.invalid_link();
      await people.updateUser(trx, user.id, { email_verified_at: clock.now() });
    });
  }

  async function requestMagic(email: string): Promise<void> {
    const user = await people.userByIdentifier(email);
    if (!user?.email || user.status !== 'active') return;
    const { id, email: to } = user;
    await db.transaction(async (trx) => {
      await mails.enqueue(trx, 'magic', to, await links.make(trx, 'magic', { userId: id, email: to }));
    });
  }

  async function signInByMagic(token: string, otp: string | undefined, origin: Origin): Promise<LoginAnswer> {
    const userId = await db.transaction(async (trx) => {
      const link = await links.redeem(trx, 'magic', token);
      const user = link.user_id === null ? undefined : await trx('auth_users').where({ id: link.user_id }).first();
      if (!user || user.email !== link.email) throw authErrors.invalid_link();
      // Thrown inside the transaction, so the link stays good for the try with the code.
      if (await secondFactor.isOn(user.id)) {
        if (!otp) throw authErrors.otp_required();
        if (!(await secondFactor.check(user.id, otp, trx))) throw authErrors.invalid_otp();
      }
      if (user.email_verified_at === null) await people.updateUser(trx, user.id, { email_verified_at: clock.now() });
      return user.id;
    });
    const user = await people.userById(userId);
    if (!user) throw authErrors.invalid_link();
    await accounts.admit(user, 'magic-link', origin);
    return sessions.open(user, 'magic-link', origin);
  }
}
