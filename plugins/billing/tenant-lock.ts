/** The lock of a tenant: whoever changes its subscription, its invoices or its limits waits for who does so already. */
import type { Database, Transaction } from '#core/plugin.ts';

/** Held until the transaction ends; SQLite has one writer anyway. */
export async function lockTenant({ client }: Pick<Database, 'client'>, trx: Transaction, tenantId: string) {
  if (client === 'pg') await trx.raw('select pg_advisory_xact_lock(hashtext(?))', [`billing ${tenantId}`]);
}
