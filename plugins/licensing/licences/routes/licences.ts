/** Routes of licences: a new one, their list, one of them, and its history. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute, route, versioned, versionOf } from '#core/plugin.ts';
import { EVERY_TENANT, LICENCES_MANAGE, LICENCES_READ, reachOf } from '../../access.ts';
import { IdParams, normalCode } from '../../codes.ts';
import { Entitlements } from '../../products/entitlements.ts';
import { DEFAULT_CODE } from '../../products/products.ts';
import type { ProductRow } from '../../products/tables.ts';
import { EmailSchema } from '../email-schema.ts';
import { termsOf } from '../licence-rows.ts';
import type { LicencesScope } from '../services.ts';
import type { HistoryRow, LicenceRow } from '../tables.ts';
import { ExtendedView, extendedView, LicenceView, licenceView } from '../views.ts';

export const ListedLicence = Type.Object({
  ...LicenceView.properties,
  tenant_id: Type.Union([Type.String(), Type.Null()], { description: 'Null: the platform’s own' }),
  product: Type.String({ description: 'Its code' }),
  product_name: Type.Union([Type.String(), Type.Null()], { description: 'Null: the default product' }),
  trial: Type.Boolean(),
  floating: Type.Boolean(),
  revoked_reason: Type.Union([Type.String(), Type.Null()]),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export const licenceRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences',
    access: LICENCES_MANAGE,
    summary: 'Makes a licence of a product',
    body: Type.Object({
      plan: Type.Enum(['monthly', 'yearly', 'lifetime']),
      email: EmailSchema,
      product: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      device_cap: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
      user_hint: Type.Optional(Type.String({ maxLength: 500 })),
      entitlements: Type.Optional(Entitlements),
      max_version: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    responses: { 201: ExtendedView },
    async handler({ body, principal }, { licences, products }: LicencesScope) {
      const { device_cap, user_hint, max_version, ...rest } = body;
      const licence = await licences.generate(principal.tenantId, {
        ...rest,
        ...(device_cap !== undefined && { deviceCap: device_cap }),
        ...(user_hint !== undefined && { userHint: user_hint }),
        ...(max_version !== undefined && { maxVersion: max_version }),
      });
      return extendedView(licence, products);
    },
  }),
  listRoute({
    path: '/api/platform/licensing/licences',
    access: LICENCES_READ,
    summary: 'Licences, newest first',
    item: ListedLicence,
    columns: {
      email: { type: 'text', filter: 'prefix', sort: true, description: 'The beginning of the address, in lower case' },
      license_id: { type: 'text', filter: 'prefix', description: 'The beginning of the id, in capitals' },
      plan: { type: 'text', filter: 'equals', values: ['monthly', 'yearly', 'lifetime', 'trial'] },
      status: { type: 'text', filter: 'equals', values: ['active', 'expired', 'revoked', 'suspended'] },
      tenant_id: { type: 'text', filter: 'equals' },
      trial: { type: 'boolean', column: 'is_trial', filter: 'equals' },
      created_at: { type: 'time', filter: 'range', sort: true },
      valid_until: { type: 'time', filter: 'range' },
    },
    search: {
      description: 'A code, a licence id, or an e-mail address',
      find(rows, text) {
        const wanted = text.trim();
        rows.where((either) =>
          either
            .where({ email: wanted.toLowerCase() })
            .orWhere({ license_id: wanted.toUpperCase() })
            .orWhere({ code: normalCode(wanted) }),
        );
      },
    },
    rows({ principal }, { db }: LicencesScope) {
      const rows = db.read('licensing_licences');
      const reach = reachOf(principal);
      return reach === EVERY_TENANT ? rows : rows.where({ tenant_id: reach });
    },
    async items(rows: LicenceRow[], { db }: LicencesScope) {
      const keys = [...new Set(rows.map(({ product_id }) => product_id))].filter((key) => key !== null);
      const products = await db.read('licensing_products').whereIn('id', keys).select('id', 'code', 'name');
      return rows.map((row) =>
        listedLicence(
          row,
          products.find(({ id }) => id === row.product_id),
        ),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/licensing/licences/{id}',
    access: LICENCES_READ,
    summary: 'A licence with its devices and its history',
    params: IdParams,
    responses: {
      200: Type.Object({
        ...ExtendedView.properties,
        devices: Type.Array(
          Type.Object({
            device_id: Type.String(),
            device_name: Type.String(),
            ip_address: Type.String(),
            status: Type.String(),
            activated_at: Type.String(),
            last_seen_at: Type.String(),
          }),
        ),
        history: Type.Array(Type.Object({ at: Type.String(), what: Type.String(), detail: Type.Unknown() })),
      }),
    },
    async handler({ params, principal }, { licences, licenceChanges, licenceDevices, products }: LicencesScope) {
      const licence = await licences.find(reachOf(principal), params.id);
      const [devices, history] = await Promise.all([licenceDevices.of(licence), licenceChanges.history(licence)]);
      return versioned(termsOf(licence), {
        ...(await extendedView(licence, products)),
        devices: devices.map(({ device_id, device_name, ip_address, status, activated_at, last_seen_at }) => ({
          device_id,
          device_name,
          ip_address,
          status,
          activated_at: isoSeconds(activated_at),
          last_seen_at: isoSeconds(last_seen_at),
        })),
        history: history.map(({ at, what, detail }) => ({ at: isoSeconds(at), what, detail: JSON.parse(detail) })),
      });
    },
  }),
  listRoute({
    path: '/api/platform/licensing/licences/{id}/history',
    access: LICENCES_READ,
    summary: 'What happened to a licence, newest first',
    params: IdParams,
    item: Type.Object({ id: Type.Integer(), at: Type.String(), what: Type.String(), detail: Type.Unknown() }),
    columns: {
      what: { type: 'text', filter: 'equals', description: 'renewed, upgraded, suspended, activated …' },
      at: { type: 'time', filter: 'range' },
    },
    async rows({ params, principal }, { db, licences }: LicencesScope) {
      const { id } = await licences.find(reachOf(principal), params.id);
      return { query: db.read('licensing_history').where({ licence_id: id }) };
    },
    items: (rows: HistoryRow[]) =>
      rows.map(({ id, at, what, detail }) => ({ id, at: isoSeconds(at), what, detail: JSON.parse(detail) })),
  }),
];

function listedLicence(
  row: LicenceRow,
  product: Pick<ProductRow, 'code' | 'name'> | undefined,
): Static<typeof ListedLicence> {
  const { tenant_id, revoked_reason } = row;
  const kind = {
    product: product?.code ?? DEFAULT_CODE,
    product_name: product?.name ?? null,
    trial: row.is_trial === 1,
    floating: row.is_floating === 1,
  };
  return { ...licenceView(row), tenant_id, ...kind, revoked_reason, version: versionOf(termsOf(row)) };
}
