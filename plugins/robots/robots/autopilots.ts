/** Robots from before it was asked whether they answer by themselves: where their tenant had agreed to AI, they go on. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Robots } from './robots.ts';

const UNSETTLED = 2;

/** Once for each robot, at the first start after the upgrade; what a tenant agrees to later lets none of them speak. */
export async function settleAutopilots({
  db,
  tenantSettings,
  robots,
}: Services & Pick<AuthServices, 'tenantSettings'> & { robots: Robots }): Promise<void> {
  const tenants = await db.read('robots_robots').where({ is_autopilot: UNSETTLED }).distinct('tenant_id');
  for (const { tenant_id } of tenants) {
    // Of a tenant that is gone: nothing.
    const settings = await tenantSettings.read(tenant_id).catch((): Record<string, unknown> => ({}));
    const is_autopilot = settings.ai_consent_enabled === true ? 1 : 0;
    await db.transaction(async (trx) => {
      await trx('robots_robots').where({ tenant_id, is_autopilot: UNSETTLED }).update({ is_autopilot });
      robots.changed(trx);
    });
  }
}
