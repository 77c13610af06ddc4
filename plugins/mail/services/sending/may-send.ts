/** Who may send mail: asked wherever a mail leaves, whichever way it was handed in. */
import { isSuperadmin, type Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';

/**
 * Super-admins, and people who were allowed to; a key of theirs needs the scope `mail:send` besides, which its way in asks
 * for. Throws `may_not_send`.
 */
export async function checkMaySend(principal: Principal, { people }: Pick<Services, 'people'>): Promise<void> {
  if (isSuperadmin(principal)) return;
  const user = await people.userById(principal.userId ?? 0);
  if (user?.status !== 'active' || !(user.can_send || user.is_superadmin)) throw mailErrors.may_not_send();
}
