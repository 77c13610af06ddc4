/** Suspension: whether somebody is suspended on whose behalf mail would leave or a webhook be called. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';

export interface MailSuspension {
  /** Null for nobody's, who cannot be suspended. */
  of(owner: { user_id?: number | null; tenant_id: string | null }): Promise<boolean>;
}

export function createMailSuspension({ people }: Services & AuthServices): MailSuspension {
  return {
    async of({ user_id: userId = null, tenant_id: tenantId }) {
      const user = userId === null ? null : await people.userById(userId);
      if (user && user.status !== 'active') return true;
      const tenant = user
        ? await people.tenantById(user.tenant_id)
        : tenantId === null
          ? null
          : await people.tenantByUuid(tenantId);
      return tenant !== null && tenant.status !== 'active';
    },
  };
}
