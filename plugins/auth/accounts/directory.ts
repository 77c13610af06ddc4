/** Accounts as other plugins look for them: page by page, by an address, under a lock. Tables: auth_users, auth_tenants. */
import { likePattern, totalOf } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AddressForms, DirectoryPage, PageWish, Directory as PublicDirectory } from '../contract.ts';
import type { TenantRow, UserRow } from './tables.ts';

/** With whole rows, which stay inside. */
export interface Directory extends PublicDirectory {
  ownerOf(tenantUuid: string): Promise<UserRow | null>;
  locked(trx: Transaction, id: number): Promise<UserRow | null>;
  lockedTenant(trx: Transaction, tenantUuid: string): Promise<TenantRow | null>;
}

export function createDirectory({ db }: Services): Directory {
  return { page, ownerOf, tenantNames, hasAddress, locked, lockedTenant };

  async function page({ limit, offset, sort, isSuperadmin }: PageWish): Promise<DirectoryPage> {
    const all = () =>
      db.read('auth_users').where(isSuperadmin === undefined ? {} : { is_superadmin: Number(isSuperadmin) });
    const users = await all().select('*').orderBy('id', sort).limit(limit).offset(offset);
    return {
      users,
      total: await totalOf(all()),
      admins: await totalOf(all().whereRaw(`(is_superadmin = 1 or role <> 'member')`)),
      active: await totalOf(all().where({ status: 'active' })),
    };
  }

  async function ownerOf(tenantUuid: string): Promise<UserRow | null> {
    const tenant = db.read('auth_tenants').where({ uuid: tenantUuid }).select('id');
    const owners = db.read('auth_users').whereIn('tenant_id', tenant).where({ role: 'owner', status: 'active' });
    return (await owners.orderBy('id').first()) ?? null;
  }

  async function tenantNames(uuids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tenants = await db
      .read('auth_tenants')
      .whereIn('uuid', [...new Set(uuids)])
      .select('uuid', 'name');
    return new Map(tenants.map(({ uuid, name }) => [uuid, name]));
  }

  async function hasAddress(trx: Transaction, { local, domains, withTags }: AddressForms): Promise<boolean> {
    const endings = domains.map((domain) => `@${domain}`);
    const account = await trx('auth_users')
      .where((either) => {
        either.whereIn(
          'email',
          endings.map((ending) => local + ending),
        );
        if (!withTags) return;
        for (const ending of endings) {
          const [before, after] = [likePattern(`${local}+`).slice(1), likePattern(ending).slice(1, -1)];
          either.orWhereRaw(`email like ? escape '\\'`, [before + after]);
        }
      })
      .first('id');
    return account !== undefined;
  }

  async function locked(trx: Transaction, id: number): Promise<UserRow | null> {
    return (await trx('auth_users').where({ id }).forUpdate().first()) ?? null;
  }

  async function lockedTenant(trx: Transaction, tenantUuid: string): Promise<TenantRow | null> {
    return (await trx('auth_tenants').where({ uuid: tenantUuid }).forKeyShare().first()) ?? null;
  }
}
