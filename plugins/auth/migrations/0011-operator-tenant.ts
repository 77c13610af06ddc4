/** Whose server this is, noted once: it was the tenant of whichever super-admin had the lowest id. */
import type { Knex } from 'knex';

const NAME = 'operator_tenant';

export async function up(db: Knex): Promise<void> {
  const first = await db('auth_users')
    .join('auth_tenants', 'auth_tenants.id', 'auth_users.tenant_id')
    .where('auth_users.is_superadmin', 1)
    .orderBy('auth_users.id')
    .first('auth_tenants.uuid as uuid');
  if (first) await db('core_installation').insert({ name: NAME, value: first.uuid });
}

export async function down(db: Knex): Promise<void> {
  await db('core_installation').where({ name: NAME }).delete();
}
