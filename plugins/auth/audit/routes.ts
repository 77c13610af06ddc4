/** /api/platform/auth/audit: what happened in a tenant for its administrators, on the whole platform for super-admins. */
import Type, { type Static } from 'typebox';
import { isoSeconds, isSuperadmin, TENANT_ADMINS } from '#core/kit.ts';
import { listRoute, type Principal, route, type Services } from '#core/plugin.ts';
import { accountOf } from '../access.ts';
import type { AuditScope } from './services.ts';
import type { AuditRow } from './tables.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const AuditItem = Type.Object({
  id: Type.Integer(),
  action: Type.String(),
  actor_kind: Type.String(),
  actor_id: Text,
  actor_name: Type.Union([Type.String(), Type.Null()], { description: 'In a tenant: of its own people alone' }),
  tenant_id: Text,
  target_type: Text,
  target_id: Text,
  target_name: Type.Union([Type.String(), Type.Null()], {
    description: 'Of a person or an organisation that is still there; in a tenant: of its own alone',
  }),
  ip: Type.Union([Type.String(), Type.Null()], { description: 'In a tenant: of its own people alone' }),
  user_agent: Text,
  detail: Type.Record(Type.String(), Type.Unknown()),
  created_at: Type.String(),
});

type ListedEntry = AuditRow & { shows_origin: number | boolean };

export const auditRoutes = [
  listRoute({
    path: '/api/platform/auth/audit',
    access: { scope: 'settings:manage', roles: TENANT_ADMINS },
    summary: 'The audit log of your tenant, newest first; super-admins see all of it',
    item: AuditItem,
    columns: {
      action: { type: 'text', filter: 'equals' },
      actor_id: { type: 'text', filter: 'equals' },
      target_id: { type: 'text', filter: 'equals' },
      tenant_id: { type: 'text', filter: 'equals' },
      created_at: { type: 'time', column: 'at', filter: 'range', sort: true },
    },
    sort: '-created_at',
    async rows({ principal }, { db }: AuditScope) {
      const entries = db.read('auth_audit_entries').select('auth_audit_entries.*');
      if (isSuperadmin(principal)) return { query: entries.select(db.read.raw('1 as shows_origin')) };
      const { tenantId } = accountOf(principal);
      const tenant = await db.read('auth_tenants').where({ uuid: tenantId }).first('id');
      // Where the operator's people come from is nobody else's business.
      const isOwn = db.read.raw(
        `exists (select 1 from auth_users
                  where auth_users.uuid = auth_audit_entries.actor_id and auth_users.tenant_id = ?) as shows_origin`,
        [tenant?.id ?? 0],
      );
      return { query: entries.select(isOwn).where('auth_audit_entries.tenant_id', tenantId) };
    },
    items: auditItems,
  }),
  route({
    method: 'GET',
    path: '/api/platform/audit/verify',
    operationId: 'verifyAuditLog',
    access: 'superadmin',
    summary: 'Checks the hash chains of the whole audit log and their ends',
    responses: {
      200: Type.Object({
        ok: Type.Boolean(),
        entries: Type.Integer(),
        first_broken: Type.Union([Type.Integer(), Type.Null()]),
        problem: Type.Union([Type.String(), Type.Null()]),
      }),
    },
    handler: (_, { auditLog }: AuditScope) => auditLog.verify(),
  }),
];

async function auditItems(
  rows: ListedEntry[],
  { db }: Services,
  { principal }: { principal: Principal },
): Promise<Static<typeof AuditItem>[]> {
  const idsOf = (type: string) => rows.flatMap(({ target_type, target_id }) => (target_type === type ? target_id : []));
  const actors = rows.flatMap(({ shows_origin, actor_id }) => (shows_origin ? actor_id : []));
  const organisations = await organisationsIn(db, idsOf('tenant'));
  const people = await peopleIn(db, [...actors, ...idsOf('user')]);
  // In a tenant people of others are as unknown as they are everywhere else.
  const isShown = (tenantId: string | null) => isSuperadmin(principal) || tenantId === principal.tenantId;
  const nameOf = ({ target_type, target_id }: ListedEntry): string | null => {
    if (target_id === null) return null;
    if (target_type === 'tenant') return (isShown(target_id) && organisations.get(target_id)) || null;
    const person = target_type === 'user' ? people.get(target_id) : undefined;
    return person && isShown(person.tenantId) ? person.name : null;
  };
  return rows.map((row) => {
    const actor = row.shows_origin ? people.get(row.actor_id ?? '') : undefined;
    return auditItem(row, actor?.name ?? null, nameOf(row));
  });
}

async function peopleIn(db: Services['db'], ids: readonly (string | null)[]) {
  const wanted = [...new Set(ids.flatMap((id) => id ?? []))];
  const rows = await db
    .read('auth_users')
    .leftJoin('auth_tenants', 'auth_tenants.id', 'auth_users.tenant_id')
    .whereIn('auth_users.uuid', wanted)
    .select('auth_users.uuid', 'email', 'username', 'auth_tenants.uuid as tenant');
  return new Map(
    rows.map(({ uuid, email, username, tenant }): [string, { name: string | null; tenantId: string | null }] => [
      uuid,
      { name: email ?? username, tenantId: tenant },
    ]),
  );
}

async function organisationsIn(db: Services['db'], ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.flatMap((id) => id ?? []))];
  if (wanted.length === 0) return new Map();
  const rows = await db.read('auth_tenants').whereIn('uuid', wanted).select('uuid', 'name');
  return new Map(rows.map(({ uuid, name }) => [uuid, name]));
}

function auditItem(row: ListedEntry, actor_name: string | null, target_name: string | null): Static<typeof AuditItem> {
  const { id, action, actor_kind, actor_id, tenant_id, target_type, target_id, at } = row;
  const { ip, user_agent } = row.shows_origin ? row : { ip: null, user_agent: null };
  const about = { id, action, actor_kind, actor_id, actor_name, tenant_id, target_type, target_id, target_name };
  return { ...about, ip, user_agent, detail: JSON.parse(row.detail), created_at: isoSeconds(at) };
}
