/** Erasure: what goes of definitions with a tenant: its secrets. Its workflows go with their executions. */
import type { Services } from '#core/plugin.ts';

export async function eraseSecretsOfTenant({ db }: Pick<Services, 'db'>, tenant_id: string): Promise<void> {
  await db.write('workflows_secrets').where({ tenant_id }).delete();
}
