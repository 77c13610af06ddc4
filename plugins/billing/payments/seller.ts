/** Who is paid: the company of the configuration, or the organisation that runs this server. */
import type { Knex } from 'knex';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { BillingConfig } from '../config.ts';

export async function sellerName(
  on: Knex,
  { company }: Pick<BillingConfig, 'company'>,
  { operatorTenant }: Pick<AuthServices, 'operatorTenant'>,
): Promise<string> {
  return company.name || (await operatorTenant.nameIn(on)) || 'Patchbay';
}
