/**
 * A page of the audit log. A search finds actions by any part of their names, of which there are some dozens, and actors
 * and targets by their whole ids; each of these is read by its own index, newest first, and no farther than the page.
 */
import type { Knex } from 'knex';
import { isoSeconds, type NumberedPage, numberedPage, rowsOf } from '#core/kit.ts';
import type { Database } from '#core/plugin.ts';
import type { AuditRow } from './tables.ts';

interface AuditFilter {
  page?: number;
  page_size?: number;
  search?: string;
  action?: string;
  actor?: string;
  tenant_id?: string;
  /** ISO 8601. */
  from?: string;
  to?: string;
}

/** Names of actions, by jumping from one to the next in their index. */
const ACTIONS = `
  with recursive names(action) as (
    select min(action) from auth_audit_entries
    union all
    select (select min(action) from auth_audit_entries where auth_audit_entries.action > names.action)
      from names where action is not null
  )
  select action from names where action is not null`;

export async function auditEntries(db: Database, wish: AuditFilter) {
  const page = await auditPage(db, wish);
  return { ...page, items: page.items.map(auditView) };
}

async function auditPage(db: Database, wish: AuditFilter): Promise<NumberedPage<AuditRow>> {
  const branches = wish.search ? await branchesOf(db, wish.search.toLowerCase(), wish.search) : null;
  if (!branches) return numberedPage<AuditRow>(filtered(db, wish).select('*').orderBy(orderOf(wish)), wish);
  const { page = 1, page_size = 50 } = wish;
  const reach = Math.max(page * page_size, COUNTED);
  const ids = branches.map((branch) => {
    const found = filtered(db, wish).where(branch).select('id').orderBy('id', 'desc').limit(reach);
    return db.read.from(found.as('found')).select('id');
  });
  const all = db.read.union(ids).as('entries');
  const some = await db.read
    .from(all)
    .orderBy('id', 'desc')
    .limit(page_size)
    .offset((page - 1) * page_size)
    .pluck('id');
  const counted = await db.read.from(all).count({ total: '*' }).first();
  const items = await db.read('auth_audit_entries').whereIn('id', some).orderBy('id', 'desc');
  return { items, total: Number(counted?.total ?? 0), page, page_size };
}

/** A search counts what it finds up to this. */
const COUNTED = 1_000;

async function branchesOf(db: Database, text: string, exact: string): Promise<Partial<AuditRow>[]> {
  const actions = rowsOf<{ action: string }>(await db.read.raw(ACTIONS)).map(({ action }) => action);
  const named = actions.filter((action) => action.toLowerCase().includes(text)).map((action) => ({ action }));
  return [...named, ...[...new Set([exact, text])].flatMap((id) => [{ actor_id: id }, { target_id: id }])];
}

function filtered(db: Database, wish: AuditFilter): Knex.QueryBuilder {
  const query: Knex.QueryBuilder = db.read('auth_audit_entries');
  if (wish.action) query.where('action', wish.action);
  if (wish.actor) query.where('actor_id', wish.actor);
  if (wish.tenant_id) query.where('tenant_id', wish.tenant_id);
  if (wish.from) query.where('at', '>=', Date.parse(wish.from));
  if (wish.to) query.where('at', '<=', Date.parse(wish.to));
  return query;
}

/** By time when that is all that narrows it: the index has it, and entries come in the order of their times. */
function orderOf({ action, actor, tenant_id, from, to }: AuditFilter): { column: string; order: 'desc' }[] {
  const byId = { column: 'id', order: 'desc' as const };
  const isByTime = !action && !actor && !tenant_id && (from || to);
  return isByTime ? [{ column: 'at', order: 'desc' }, byId] : [byId];
}

function auditView(row: AuditRow) {
  const { uuid: _uuid, mac: _mac, origin_mac: _originMac, at, detail, ...rest } = row;
  return { ...rest, detail: JSON.parse(detail), created_at: isoSeconds(at) };
}
