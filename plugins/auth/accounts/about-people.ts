/** What is known of somebody: the account that has their address, in the reader's organisation, for super-admins in any. */
import { isSuperadmin, TENANT_ADMINS } from '#core/kit.ts';
import type { PersonSection } from '#core/plugin.ts';
import type { AccountsScope } from './services.ts';

export const THEIR_ACCOUNTS: PersonSection = {
  id: 'auth.accounts',
  title: { en: 'Account', zh: '账号' },
  access: { scope: 'settings:read', roles: TENANT_ADMINS },
  async find({ principal, addresses, most }, { db }: AccountsScope) {
    const rows = db
      .read('auth_users as account')
      .join('auth_tenants as tenant', 'tenant.id', 'account.tenant_id')
      .whereIn('account.email', addresses);
    if (!isSuperadmin(principal)) rows.where('tenant.uuid', principal.tenantId ?? '');
    const found = await rows
      .orderBy('account.id', 'desc')
      .limit(most + 1)
      .select('account.uuid', 'account.email', 'account.full_name', 'account.status', 'account.created_at')
      .select('tenant.name as tenant');
    return {
      rows: found.map(({ uuid, email, full_name, status, created_at, tenant }) => ({
        title: full_name || email,
        detail: tenant,
        state: {
          value: status,
          text: status === 'active' ? { en: 'Active', zh: '正常' } : { en: 'Suspended', zh: '已停用' },
        },
        at: Number(created_at),
        path: `/settings/people/${uuid}`,
      })),
      all: null,
    };
  },
};
