/** /api/platform/auth/audit: what happened in a tenant for its administrators, on the whole platform for super-admins. */
import Type, { type Static } from 'typebox';
import { isoSeconds, isSuperadmin } from '#core/kit.ts';
import { listRoute, route, type Services } from '#core/plugin.ts';
import { ADMINISTRATORS, accountOf } from '../access.ts';
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
  ip: Type.Union([Type.String(), Type.Null()], { description: 'In a tenant: of its own people alone' }),
  user_agent: Text,
  detail: Type.Record(Type.String(), Type.Unknown()),
  created_at: Type.String(),
});

type ListedEntry = AuditRow & { shows_origin: number | boolean };

export const auditRoutes = [
  listRoute({
    path: '/api/platform/auth/audit',
    access: { scope: 'settings:manage', roles: ADMINISTRATORS },
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

async function auditItems(rows: ListedEntry[], { db }: Services): Promise<Static<typeof AuditItem>[]> {
  const shown = rows.filter(({ shows_origin }) => shows_origin);
  const ids = [...new Set(shown.flatMap(({ actor_id }) => actor_id ?? []))];
  const actors = await db.read('auth_users').whereIn('uuid', ids).select('uuid', 'email', 'username');
  const names = new Map(actors.map(({ uuid, email, username }) => [uuid, email ?? username]));
  return rows.map((row) => auditItem(row, (row.shows_origin && names.get(row.actor_id ?? '')) || null));
}

function auditItem(row: ListedEntry, actor_name: string | null): Static<typeof AuditItem> {
  const { id, action, actor_kind, actor_id, tenant_id, target_type, target_id, at } = row;
  const { ip, user_agent } = row.shows_origin ? row : { ip: null, user_agent: null };
  const about = { id, action, actor_kind, actor_id, actor_name, tenant_id, target_type, target_id, ip, user_agent };
  return { ...about, detail: JSON.parse(row.detail), created_at: isoSeconds(at) };
}
