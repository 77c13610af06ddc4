/** Our own API: addresses that get no more mail from a tenant. */
import Type from 'typebox';
import { isoTime, isSuperadmin, TENANT_ADMINS } from '#core/kit.ts';
import { listRoute, reply, route } from '#core/plugin.ts';
import { MANAGE, MailboxAddress, Time } from '../../shapes.ts';
import type { SendingScope } from '../services.ts';
import type { SuppressionRow } from '../tables.ts';

/** They hold for everybody in the tenant. */
const ofTenant = { ...MANAGE, roles: TENANT_ADMINS };

export const SuppressionView = Type.Object({
  id: Type.Integer(),
  tenant_id: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
  reason: Type.String(),
  created_at: Time,
});

export const suppressionRoutes = [
  listRoute({
    path: '/api/platform/mail/suppressions',
    access: ofTenant,
    summary: 'Addresses that get no more mail from the tenant, newest first; from all for super-admins',
    item: SuppressionView,
    columns: {
      address: {
        type: 'text',
        filter: 'prefix',
        orders: true,
        sort: true,
        description: 'The beginning of the address, in lower case',
      },
      created_at: { type: 'time', filter: 'range', sort: true },
    },
    rows({ principal }, { db }: SendingScope) {
      const rows = db.read('mail_suppressions');
      return isSuperadmin(principal) ? rows : rows.where({ tenant_id: principal.tenantId ?? '' });
    },
    items: (rows: SuppressionRow[]) => rows.map(suppressionView),
  }),
  route({
    method: 'POST',
    path: '/api/platform/mail/suppressions',
    access: ofTenant,
    summary: 'Sends no more mail to an address',
    body: Type.Object({ address: MailboxAddress, reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    responses: { 204: null },
    async handler({ body, principal }, { suppressions }: SendingScope) {
      await suppressions.add(principal, body.address, body.reason ?? 'by hand');
      return reply(204);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/mail/suppressions/{address}',
    access: ofTenant,
    summary: 'Allows mail to an address again',
    params: Type.Object({ address: MailboxAddress }),
    responses: { 204: null },
    async handler({ params, principal }, { suppressions }: SendingScope) {
      await suppressions.remove(principal, params.address);
      return reply(204);
    },
  }),
];

function suppressionView({ id, tenant_id, address, reason, created_at }: SuppressionRow) {
  return { id, tenant_id, address, reason, created_at: isoTime(created_at) };
}
