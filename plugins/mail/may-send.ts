/** Who may send mail: asked wherever a mail leaves, whichever way it was handed in. */
import { hasScope, isSuperadmin } from '#core/kit.ts';
import { type AppError, coreErrors, type Principal } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { mailErrors } from './errors.ts';

/** Where a copy of a mail goes, and whose right to send it goes by. */
export interface Target {
  to: string;
  by: number | null;
}

/**
 * Super-admins, and people who were allowed to; a key of theirs needs the scope `mail:send` besides, which its way in asks
 * for. Throws `may_not_send`.
 */
export async function checkMaySend(principal: Principal, services: Pick<AuthServices, 'people'>): Promise<void> {
  const refusal = await refusalToSend(principal, services);
  if (refusal) throw refusal;
}

/**
 * Why the principal may not have mail forwarded, null when it may: what strangers write leaves in our name. To be thrown
 * when it is known that the mailbox is theirs. Managing mailboxes asks for another scope, so that of sending is asked here.
 */
export async function refusalToForward(
  principal: Principal,
  services: Pick<AuthServices, 'people'>,
): Promise<AppError | null> {
  if (!hasScope(principal, 'mail:send')) return coreErrors.insufficient_scope({ extra: { required: 'mail:send' } });
  return refusalToSend(principal, services);
}

/** Whose right is asked about again when it leaves; null for super-admins, who need none. */
export function senderOf(principal: Principal): number | null {
  return isSuperadmin(principal) ? null : (principal.userId ?? 0);
}

/** Whether that right has not been taken away meanwhile. */
export async function maySendStill(sentBy: number | null, { people }: Pick<AuthServices, 'people'>): Promise<boolean> {
  if (sentBy === null) return true;
  const user = await people.userById(sentBy);
  return user?.status === 'active' && Boolean(user.can_send || user.is_superadmin);
}

async function refusalToSend(principal: Principal, services: Pick<AuthServices, 'people'>): Promise<AppError | null> {
  return (await maySendStill(senderOf(principal), services)) ? null : mailErrors.may_not_send();
}
