/** What belongs to one licence, in lists: its history, leases and offline files. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute, type Principal } from '#core/plugin.ts';
import type { LicensingScope } from '../scope.ts';
import { MANAGER_ROLES, scopeOf } from '../services/licence-rows.ts';
import type { FileRow, HistoryRow, LeaseRow } from '../tables.ts';

const access = { scope: 'licenses:read', roles: MANAGER_ROLES };
const params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });

export const licenceParts = [
  listRoute({
    path: '/api/platform/licensing/licences/{id}/history',
    access,
    summary: 'What happened to a licence, newest first',
    params,
    item: Type.Object({ id: Type.Integer(), at: Type.String(), what: Type.String(), detail: Type.Unknown() }),
    columns: {
      what: { type: 'text', filter: 'equals', description: 'renewed, upgraded, suspended, activated …' },
      at: { type: 'time', filter: 'range' },
    },
    async rows({ params, principal }, services: LicensingScope) {
      const licence_id = await keyOf(principal, params.id, services);
      return { query: services.db.read('licensing_history').where({ licence_id }) };
    },
    items: (rows: HistoryRow[]) =>
      rows.map(({ id, at, what, detail }) => ({ id, at: isoSeconds(at), what, detail: JSON.parse(detail) })),
  }),
  listRoute({
    path: '/api/platform/licensing/licences/{id}/leases',
    access,
    summary: 'Places of a floating licence that are taken now',
    description: 'Without the ids of the leases: whoever knows one may give it back.',
    params,
    key: 'device_id',
    keyType: 'text',
    item: Type.Object({ device_id: Type.String(), acquired_at: Type.String(), expires_at: Type.String() }),
    // One place each, so few that these need no index of their own.
    columns: {
      device_id: { type: 'text', filter: 'prefix', description: 'The beginning of its id' },
      acquired_at: { type: 'time', filter: 'range', sort: true },
      expires_at: { type: 'time', filter: 'range', sort: true },
    },
    async rows({ params, principal }, services: LicensingScope) {
      const { db, clock } = services;
      const licence_id = await keyOf(principal, params.id, services);
      return { query: db.read('licensing_leases').where({ licence_id }).where('expires_at', '>', clock.now()) };
    },
    items: (rows: LeaseRow[]) =>
      rows.map(({ device_id, acquired_at, expires_at }) => ({
        device_id,
        acquired_at: isoSeconds(acquired_at),
        expires_at: isoSeconds(expires_at),
      })),
  }),
  listRoute({
    path: '/api/platform/licensing/licences/{id}/files',
    access,
    summary: 'Offline files of a licence that still work',
    params,
    key: 'device_id',
    keyType: 'text',
    item: Type.Object({ device_id: Type.String(), works_until: Type.String() }),
    columns: {
      device_id: { type: 'text', filter: 'prefix', description: 'The beginning of its id' },
      works_until: { type: 'time', column: 'valid_until', filter: 'range', sort: true },
    },
    async rows({ params, principal }, services: LicensingScope) {
      const { db, clock } = services;
      const licence_id = await keyOf(principal, params.id, services);
      return { query: db.read('licensing_files').where({ licence_id }).where('valid_until', '>', clock.now()) };
    },
    items: (rows: FileRow[]) =>
      rows.map(({ device_id, valid_until }) => ({ device_id, works_until: isoSeconds(valid_until) })),
  }),
];

async function keyOf(principal: Principal, licenseId: string, { licences }: LicensingScope): Promise<number> {
  const { id } = await licences.find(scopeOf(principal), licenseId);
  return id;
}
