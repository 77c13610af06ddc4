/** Routes of licences as CSV: out, and in. */
import Type from 'typebox';
import { passBytes } from '#core/kit.ts';
import { reply, route } from '#core/plugin.ts';
import { LICENCES_MANAGE, LICENCES_READ, reachOf } from '../../access.ts';
import type { LicencesScope } from '../services.ts';

const CSV_LIMIT_BYTES = 20 * 1024 * 1024;

export const csvRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/licensing/export.csv',
    operationId: 'exportLicences',
    access: LICENCES_READ,
    summary: 'All licences as CSV',
    responses: { 200: null },
    produces: ['text/csv'],
    handler: ({ principal }, { licenceExport }: LicencesScope) =>
      reply(200, licenceExport.write(reachOf(principal), principal), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="licences.csv"',
      }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/licensing/import',
    operationId: 'importLicences',
    access: LICENCES_MANAGE,
    summary: 'Takes over licences from CSV; codes that exist are left as they are',
    description:
      'Columns: activation_code, email, plan; also license_id, status, device_cap, issued_at, valid_until, user_hint, trial, ' +
      'max_version, product (a code that is here), entitlements (JSON), floating, replaces_oldest (yes or no). UTF-8, at most ' +
      '100,000 lines, separated by commas, semicolons or tabs; times are ISO 8601, UTC unless they name a zone.',
    rawBody: ['text/csv', 'application/octet-stream'],
    bodyLimit: CSV_LIMIT_BYTES,
    responses: { 200: Type.Object({ imported: Type.Integer(), skipped: Type.Integer() }) },
    handler: ({ ctx, principal }, { licenceImport }: LicencesScope) =>
      licenceImport.read(principal, (write) => passBytes(ctx.req, CSV_LIMIT_BYTES, write)),
  }),
];
