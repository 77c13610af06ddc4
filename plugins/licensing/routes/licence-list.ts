/** The list of licences, for the people who administer them. */
import Type, { type Static } from 'typebox';
import { listRoute, versionOf } from '#core/plugin.ts';
import type { LicensingScope } from '../scope.ts';
import { normalCode } from '../services/codes.ts';
import { MANAGER_ROLES, scopeOf, termsOf } from '../services/licence-rows.ts';
import type { LicenceRow } from '../tables.ts';
import { LicenceView, licenceView } from '../views.ts';

export const ListedLicence = Type.Object({
  ...LicenceView.properties,
  tenant_id: Type.Union([Type.String(), Type.Null()], { description: 'Null: the platform’s own' }),
  trial: Type.Boolean(),
  floating: Type.Boolean(),
  revoked_reason: Type.Union([Type.String(), Type.Null()]),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export const licenceList = listRoute({
  path: '/api/platform/licensing/licences',
  access: { scope: 'licenses:read', roles: MANAGER_ROLES },
  summary: 'Licences, newest first',
  item: ListedLicence,
  columns: {
    email: { type: 'text', filter: 'prefix', sort: true, description: 'The beginning of the address, in lower case' },
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
  rows({ principal }, { db }: LicensingScope) {
    const rows = db.read('licensing_licences');
    const scope = scopeOf(principal);
    return scope === undefined ? rows : rows.where({ tenant_id: scope });
  },
  items: (rows: LicenceRow[]) => rows.map(listedLicence),
});

function listedLicence(row: LicenceRow): Static<typeof ListedLicence> {
  const { tenant_id, revoked_reason } = row;
  const kind = { trial: row.is_trial === 1, floating: row.is_floating === 1 };
  return { ...licenceView(row), tenant_id, ...kind, revoked_reason, version: versionOf(termsOf(row)) };
}
