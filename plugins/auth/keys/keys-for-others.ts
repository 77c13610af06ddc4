/**
 * API keys that an administrator makes for somebody else: they act as that person, with no right that either lacks, now or
 * later. The person is told by mail, and may revoke them. Table: auth_api_keys.
 */
import { isSuperadmin } from '#core/kit.ts';
import { coreErrors, type Principal, type Services } from '#core/plugin.ts';
import type { Account } from '../access.ts';
import type { Admission } from '../accounts/admission.ts';
import type { Mails } from '../accounts/mails.ts';
import type { People } from '../accounts/people.ts';
import type { Role } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { ApiKeys, KeyWish } from './api-keys.ts';
import { roleBelow } from './intersect-rights.ts';
import { mayGrant } from './scopes.ts';
import type { ApiKeyView } from './views.ts';

export interface KeysForOthers {
  /**
   * Throws `not_found` for people of other tenants, `scope_not_yours`, `unknown_scope`, `address_not_confirmed`, `forbidden`
   * for who has more rights than the maker, `conflict` for who has no address to be told at, `rate_limited`.
   */
  create(
    maker: Account,
    userUuid: string,
    wish: KeyWish & { scopes: string[] },
  ): Promise<ApiKeyView & { raw_key: string }>;
}

export function createKeysForOthers(
  services: Services & { people: People; admission: Admission; apiKeys: ApiKeys; mails: Mails },
): KeysForOthers {
  const { people, admission, apiKeys, mails } = services;

  return {
    async create(maker, userUuid, wish) {
      const user = await people.userByUuid(userUuid);
      const owner = user && (await admission.principalOf(user.id));
      if (!user || !owner || owner.tenantId === null || !isInReach(maker, owner))
        throw coreErrors.not_found({ message: 'There is no user with this id' });
      if (user.id === maker.userId)
        throw coreErrors.conflict({ message: 'Your own keys are made by POST /api/v2/api-keys' });
      const isBelow = roleBelow(roleOf(maker), user.role) === user.role && !isSuperadmin(owner);
      if (!isSuperadmin(maker) && !isBelow)
        throw coreErrors.forbidden({ message: 'This person has more rights than you' });
      const own = await people.userById(maker.userId);
      if (own?.email && own.email_verified_at === null) throw authErrors.address_not_confirmed();
      if (user.email === null)
        throw coreErrors.conflict({ message: 'This person has no e-mail address at which they could be told' });
      const to = user.email;
      const missing = wish.scopes.find((scope) => !mayGrant(owner, scope));
      if (missing !== undefined)
        throw authErrors.scope_not_yours({
          message: `This person does not have '${missing}' themselves`,
          extra: { required: missing },
        });
      await mails.admit(to, maker.tenantId);
      const account = { ...owner, userId: user.id, tenantId: owner.tenantId };
      return apiKeys.createFor(maker, account, wish, (trx) =>
        mails.enqueue(trx, 'key_made', to, undefined, { name: wish.name, scopes: wish.scopes.join(', ') }),
      );
    },
  };
}

function isInReach(maker: Principal, owner: Principal): boolean {
  return owner.tenantId === maker.tenantId || isSuperadmin(maker);
}

function roleOf({ roles }: Principal): Role {
  if (roles.includes('owner')) return 'owner';
  return roles.includes('admin') ? 'admin' : 'member';
}
