/** Who may send mail: asked wherever a mail leaves, whichever way it was handed in. */
import { type AppError, coreErrors } from '#core/errors.ts';
import { hasScope, isSuperadmin, type Principal } from '#core/http/principal.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { mailErrors } from '../../errors.ts';

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

async function refusalToSend(principal: Principal, { people }: Pick<AuthServices, 'people'>): Promise<AppError | null> {
  if (isSuperadmin(principal)) return null;
  const user = await people.userById(principal.userId ?? 0);
  const maySend = user?.status === 'active' && Boolean(user.can_send || user.is_superadmin);
  return maySend ? null : mailErrors.may_not_send();
}
