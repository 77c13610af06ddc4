/** /api/platform/auth/operator-tenant: whose server this is. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { originOf } from '../../access.ts';
import type { AccountsScope } from '../services.ts';

const access = 'superadmin';
const path = '/api/platform/auth/operator-tenant';
const View = Type.Object({ tenant_id: Type.Union([Type.String(), Type.Null()]) });

export const operatorTenantRoutes = [
  route({
    method: 'GET',
    path,
    access,
    summary: 'The tenant of who runs this server',
    responses: { 200: View },
    handler: async (_, { operatorTenant }: AccountsScope) => ({ tenant_id: await operatorTenant.id() }),
  }),
  route({
    method: 'PUT',
    path,
    access,
    summary: 'Names another tenant as that of who runs this server: its licences and models are those of the operator',
    body: Type.Object({ tenant_id: Type.String({ minLength: 1, maxLength: 64 }) }),
    responses: { 200: View },
    async handler({ principal, body, ...request }, { operatorTenant }: AccountsScope) {
      await operatorTenant.change(principal, body.tenant_id, originOf(request));
      return { tenant_id: await operatorTenant.id() };
    },
  }),
];
