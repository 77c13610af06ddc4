/** Routes that change a licence. */
import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { IF_MATCH, preconditionOf, route, versioned } from '#core/plugin.ts';
import { LICENCES_MANAGE, reachOf } from '../../access.ts';
import { IdParams } from '../../codes.ts';
import { Entitlements } from '../../products/entitlements.ts';
import type { Upgrade } from '../licence-changes.ts';
import { termsOf } from '../licence-rows.ts';
import type { LicencesScope } from '../services.ts';
import type { LicenceRow } from '../tables.ts';
import { ExtendedView, extendedView } from '../views.ts';

export const licenceChangeRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/renew',
    access: LICENCES_MANAGE,
    summary: 'Adds days, by default those of its plan',
    params: IdParams,
    body: Type.Object({
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
      idempotency_key: Type.Optional(Type.String({ maxLength: 150 })),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, body, principal, ctx }, services: LicencesScope) {
      const { days, idempotency_key } = body;
      const idempotencyKey = idempotency_key && `${principal.tenantId ?? ''}/${idempotency_key}`;
      const wish = { days, idempotencyKey, unchanged: preconditionOf(ctx) };
      return changed(await services.licenceChanges.extend(reachOf(principal), params.id, wish), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/upgrade',
    access: LICENCES_MANAGE,
    summary: 'Another plan, product, number of devices, entitlements or last version',
    params: IdParams,
    body: Type.Object({
      plan: Type.Optional(Type.Enum(['monthly', 'yearly', 'lifetime'])),
      product: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      device_cap: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      entitlements: Type.Optional(Entitlements),
      max_version: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, body, principal, ctx }, services: LicencesScope) {
      const { device_cap, max_version, ...rest } = body;
      const wish: Upgrade = {
        ...rest,
        ...(device_cap !== undefined && { deviceCap: device_cap }),
        ...(max_version !== undefined && { maxVersion: max_version }),
      };
      const unchanged = preconditionOf(ctx);
      return changed(await services.licenceChanges.upgrade(reachOf(principal), params.id, wish, unchanged), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/suspend',
    access: LICENCES_MANAGE,
    summary: 'Not valid until it is resumed',
    params: IdParams,
    body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, body: { reason = '' }, principal, ctx }, services: LicencesScope) {
      const unchanged = preconditionOf(ctx);
      return changed(await services.licenceChanges.suspend(reachOf(principal), params.id, reason, unchanged), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/resume',
    access: LICENCES_MANAGE,
    summary: 'Valid again after a suspension',
    params: IdParams,
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, principal, ctx }, services: LicencesScope) {
      const unchanged = preconditionOf(ctx);
      return changed(await services.licenceChanges.resume(reachOf(principal), params.id, unchanged), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/send-code',
    access: LICENCES_MANAGE,
    summary: 'Mails the code to the customer now; `mail_failure` is why it was not delivered',
    params: IdParams,
    responses: { 200: ExtendedView },
    async handler({ params, principal }, services: LicencesScope) {
      const { customerMails, licences } = services;
      const reach = reachOf(principal);
      await customerMails.sendCodeAgain(reach, params.id, `licensing.sendCode/${randomUUID()}`);
      return changed(await licences.find(reach, params.id), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/licences/{id}/revoke',
    access: LICENCES_MANAGE,
    summary: 'Ends a licence for good',
    params: IdParams,
    body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    requestHeaders: IF_MATCH,
    responses: { 200: ExtendedView },
    async handler({ params, body: { reason = '' }, principal, ctx }, services: LicencesScope) {
      const unchanged = preconditionOf(ctx);
      return changed(await services.licenceChanges.revoke(reachOf(principal), params.id, reason, unchanged), services);
    },
  }),
];

async function changed(licence: LicenceRow, { products }: LicencesScope) {
  return versioned(termsOf(licence), await extendedView(licence, products));
}
