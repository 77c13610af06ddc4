/** Administration beyond the licence document: one licence with its devices and history, changes, products, keys, CSV. */
import Type from 'typebox';
import { isoSeconds, passBytes } from '#core/kit.ts';
import { IF_MATCH, preconditionOf, reply, route, versioned, versionOf } from '#core/plugin.ts';
import { EmailSchema } from '../email-schema.ts';
import { Entitlements, ProductView, productView } from '../product-view.ts';
import type { LicensingScope } from '../scope.ts';
import type { Upgrade } from '../services/licence-changes.ts';
import { MANAGER_ROLES, scopeOf, termsOf } from '../services/licence-rows.ts';
import type { ProductWish } from '../services/products.ts';
import { LONGEST_LEASE_MS } from '../services/seats.ts';
import type { LicenceRow } from '../tables.ts';
import { LicenceView, licenceView } from '../views.ts';

const manage = { scope: 'licenses:manage', roles: MANAGER_ROLES };
const read = { scope: 'licenses:read', roles: MANAGER_ROLES };
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
const Days = Type.Integer({ minimum: 1, maximum: 36_500 });
const CSV_LIMIT_BYTES = 20 * 1024 * 1024;

export const ExtendedView = Type.Object({
  ...LicenceView.properties,
  product: Type.String(),
  trial: Type.Boolean(),
  floating: Type.Boolean(),
  entitlements: Entitlements,
  max_version: Type.Union([Type.String(), Type.Null()]),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});
const ProductBody = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  entitlements: Type.Optional(Entitlements),
  current_version: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
  device_policy: Type.Optional(Type.Enum(['refuse', 'replace_oldest'])),
  floating: Type.Optional(Type.Boolean()),
  lease_seconds: Type.Optional(Type.Integer({ minimum: 30, maximum: LONGEST_LEASE_MS / 1000 })),
  trial_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
  offline_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3660 })),
  grace_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
};
export const platformRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences',
    access: manage,
    summary: 'Makes a licence of a product',
    body: Type.Object({
      plan: Type.Enum(['monthly', 'yearly', 'lifetime']),
      email: EmailSchema,
      product: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      device_cap: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      days: Type.Optional(Days),
      user_hint: Type.Optional(Type.String({ maxLength: 500 })),
      entitlements: Type.Optional(Entitlements),
      max_version: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    responses: { 201: ExtendedView },
    async handler({ body, principal }, { licences, licensingProducts }: LicensingScope) {
      const { device_cap, user_hint, max_version, ...rest } = body;
      const licence = await licences.generate(principal.tenantId, {
        ...rest,
        ...(device_cap !== undefined && { deviceCap: device_cap }),
        ...(user_hint !== undefined && { userHint: user_hint }),
        ...(max_version !== undefined && { maxVersion: max_version }),
      });
      return extendedView(licence, licensingProducts);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/licensing/licences/{id}',
    access: read,
    summary: 'A licence with its devices and its history',
    params: Id,
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
    async handler({ params, principal }, { licences, licenceChanges, licensingProducts }: LicensingScope) {
      const licence = await licences.find(scopeOf(principal), params.id);
      const [devices, history] = await Promise.all([licences.devicesOf(licence), licenceChanges.history(licence)]);
      return versioned(termsOf(licence), {
        ...(await extendedView(licence, licensingProducts)),
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
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/renew',
    access: manage,
    summary: 'Adds days, by default those of its plan',
    params: Id,
    body: Type.Object({ days: Type.Optional(Days), idempotency_key: Type.Optional(Type.String({ maxLength: 150 })) }),
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, body, principal, ctx }, services: LicensingScope) {
      const { days, idempotency_key } = body;
      const idempotencyKey = idempotency_key && `${principal.tenantId ?? ''}/${idempotency_key}`;
      const wish = { days, idempotencyKey, unchanged: preconditionOf(ctx) };
      return changed(await services.licenceChanges.extend(scopeOf(principal), params.id, wish), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/upgrade',
    access: manage,
    summary: 'Another plan, product, number of devices, entitlements or last version',
    params: Id,
    body: Type.Object({
      plan: Type.Optional(Type.Enum(['monthly', 'yearly', 'lifetime'])),
      product: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      device_cap: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      entitlements: Type.Optional(Entitlements),
      max_version: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, body, principal, ctx }, services: LicensingScope) {
      const { device_cap, max_version, ...rest } = body;
      const wish: Upgrade = {
        ...rest,
        ...(device_cap !== undefined && { deviceCap: device_cap }),
        ...(max_version !== undefined && { maxVersion: max_version }),
      };
      const unchanged = preconditionOf(ctx);
      return changed(await services.licenceChanges.upgrade(scopeOf(principal), params.id, wish, unchanged), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/suspend',
    access: manage,
    summary: 'Not valid until it is resumed',
    params: Id,
    body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, body: { reason = '' }, principal, ctx }, services: LicensingScope) {
      const unchanged = preconditionOf(ctx);
      return changed(await services.licenceChanges.suspend(scopeOf(principal), params.id, reason, unchanged), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/resume',
    access: manage,
    summary: 'Valid again after a suspension',
    params: Id,
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, principal, ctx }, services: LicensingScope) {
      const unchanged = preconditionOf(ctx);
      return changed(await services.licenceChanges.resume(scopeOf(principal), params.id, unchanged), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/revoke',
    access: manage,
    summary: 'Ends a licence for good',
    params: Id,
    body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, body: { reason = '' }, principal, ctx }, services: LicensingScope) {
      const unchanged = preconditionOf(ctx);
      return changed(await services.licenceChanges.revoke(scopeOf(principal), params.id, reason, unchanged), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/products',
    access: manage,
    summary: 'A new product',
    body: Type.Object({ code: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' }), ...ProductBody }),
    responses: { 201: ProductView },
    async handler({ body, principal }, { licensingProducts }: LicensingScope) {
      const { code, ...wish } = body;
      return productView(await licensingProducts.create(principal.tenantId, code, wishOf(wish)));
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/licensing/products/{id}',
    access: manage,
    summary: 'Changes a product; licences keep the device rules they were made with',
    params: Id,
    body: Type.Object(ProductBody),
    requestHeaders: IF_MATCH,
    responses: { 200: ProductView },
    async handler({ params, body, principal, ctx }, { licensingProducts }: LicensingScope) {
      const unchanged = preconditionOf(ctx);
      const product = await licensingProducts.change(scopeOf(principal), params.id, wishOf(body), unchanged);
      return versioned(product, productView(product));
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/signing-keys',
    access: 'superadmin',
    summary: 'A new key for offline licences; older ones stay published',
    responses: { 201: Type.Object({ kid: Type.String() }) },
    handler: async (_request, { licensingSigningKeys }: LicensingScope) => ({
      kid: await licensingSigningKeys.rotate(),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/platform/licensing/export.csv',
    operationId: 'exportLicences',
    access: read,
    summary: 'All licences as CSV',
    responses: { 200: null },
    produces: ['text/csv'],
    handler: ({ principal }, { licensingExport }: LicensingScope) =>
      reply(200, licensingExport.write(scopeOf(principal), principal), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="licences.csv"',
      }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/import',
    operationId: 'importLicences',
    access: manage,
    summary: 'Takes over licences from CSV; codes that exist are left as they are',
    description:
      'Columns: activation_code, email, plan; also license_id, status, device_cap, issued_at, valid_until, user_hint, trial, ' +
      'max_version, product (a code that is here), entitlements (JSON), floating, replaces_oldest (yes or no). UTF-8, at most ' +
      '100,000 lines, separated by commas, semicolons or tabs; times are ISO 8601, UTC unless they name a zone.',
    rawBody: ['text/csv', 'application/octet-stream'],
    bodyLimit: CSV_LIMIT_BYTES,
    responses: { 200: Type.Object({ imported: Type.Integer(), skipped: Type.Integer() }) },
    handler: ({ ctx, principal }, { licensingImport }: LicensingScope) =>
      licensingImport.read(principal, (write) => passBytes(ctx.req, CSV_LIMIT_BYTES, write)),
  }),
];

async function extendedView(
  licence: LicenceRow,
  products: { rulesOf(licence: LicenceRow): Promise<{ code: string; entitlements: Record<string, unknown> }> },
) {
  const { code, entitlements } = await products.rulesOf(licence);
  return {
    ...licenceView(licence),
    product: code,
    trial: licence.is_trial === 1,
    floating: licence.is_floating === 1,
    entitlements,
    max_version: licence.max_version,
    version: versionOf(termsOf(licence)),
  };
}

async function changed(licence: LicenceRow, { licensingProducts }: LicensingScope) {
  return versioned(termsOf(licence), await extendedView(licence, licensingProducts));
}

interface ProductFields {
  name?: string;
  entitlements?: Record<string, unknown>;
  current_version?: string | null;
  device_policy?: 'refuse' | 'replace_oldest';
  floating?: boolean;
  lease_seconds?: number;
  trial_days?: number;
  offline_days?: number;
  grace_days?: number;
}

function wishOf(body: ProductFields): ProductWish {
  return {
    ...(body.name !== undefined && { name: body.name }),
    ...(body.entitlements !== undefined && { entitlements: body.entitlements }),
    ...(body.current_version !== undefined && { currentVersion: body.current_version }),
    ...(body.device_policy !== undefined && { devicePolicy: body.device_policy }),
    ...(body.floating !== undefined && { isFloating: body.floating }),
    ...(body.lease_seconds !== undefined && { leaseSeconds: body.lease_seconds }),
    ...(body.trial_days !== undefined && { trialDays: body.trial_days }),
    ...(body.offline_days !== undefined && { offlineDays: body.offline_days }),
    ...(body.grace_days !== undefined && { graceDays: body.grace_days }),
  };
}
