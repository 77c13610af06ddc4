/** Rows of long work, how they are shown, and to whom. */

import type { Knex } from 'knex';
import Type, { type Static } from 'typebox';
import { isSuperadmin, isTenantAdmin, type Principal } from '../access/principal.ts';
import { CLOCK_TOLERANCE_MS } from '../clock.ts';

/** `interrupted`: its process ended, or lost it, before the work did. */
export type OperationState = 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

/** Table `core_operations`. */
export interface OperationRow {
  id: number;
  uuid: string;
  kind: string;
  title: string;
  tenant_id: string | null;
  user_id: number | null;
  /** Scope that a key needs to see it; null: keys with scopes do not. */
  scope: string | null;
  /** For who began it alone, and super-admins. */
  is_private: boolean | number;
  can_cancel: boolean | number;
  state: OperationState;
  done: number;
  total: number | null;
  message: string;
  result: string | null;
  process: string;
  leased_until: number;
  cancel_requested_at: number | null;
  begun_at: number;
  changed_at: number;
  ended_at: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_operations: OperationRow;
    }
  }
}

const Time = Type.Union([Type.Integer(), Type.Null()], { description: 'Milliseconds since the epoch' });

export const STATES = ['running', 'done', 'failed', 'cancelled', 'interrupted'] as const satisfies OperationState[];

export const OperationView = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  title: Type.String(),
  state: Type.Enum([...STATES]),
  done: Type.Integer(),
  total: Type.Union([Type.Integer(), Type.Null()]),
  message: Type.String({ description: 'What it does at the moment, or why it ended' }),
  result: Type.Unknown(),
  can_cancel: Type.Boolean(),
  cancel_requested: Type.Boolean(),
  begun_at: Type.Integer(),
  changed_at: Type.Integer(),
  ended_at: Time,
});
export type OperationView = Static<typeof OperationView>;

/** Work whose process has not said for so long that it goes on was cut off. */
export const LEASE_MS = 45_000;

/**
 * One that has ended before then is lost: clocks of replicas differ, and what goes on at one of them is not to be taken for
 * lost, or begun beside itself, by another one whose clock is ahead.
 */
export function earliestLease(now: number): number {
  return now - CLOCK_TOLERANCE_MS;
}

/** No lease ends later, but one that was noted by a clock that was ahead: it holds nothing. */
export function latestLease(now: number): number {
  return now + LEASE_MS + CLOCK_TOLERANCE_MS;
}

/** Work whose process has not said for so long that it does it is not shown as running, even before somebody wrote so. */
export function operationView(row: OperationRow, now: number): OperationView {
  const { leased_until: until } = row;
  const isLost = row.state === 'running' && (until < earliestLease(now) || until > latestLease(now));
  return {
    id: row.uuid,
    kind: row.kind,
    title: row.title,
    state: isLost ? 'interrupted' : row.state,
    done: row.done,
    total: row.total,
    message: row.message,
    result: row.result === null ? null : JSON.parse(row.result),
    can_cancel: Boolean(row.can_cancel) && row.state === 'running' && !isLost,
    cancel_requested: row.cancel_requested_at !== null,
    begun_at: row.begun_at,
    changed_at: row.changed_at,
    ended_at: isLost ? Math.min(row.leased_until, now) : row.ended_at,
  };
}

/** Narrows a query to these states as the view shows them. */
export function inStates(query: Knex.QueryBuilder, wanted: readonly string[], now: number): void {
  const has = (state: OperationState): boolean => wanted.includes(state);
  const ended = wanted.filter((state) => state !== 'running');
  query.where((either) => {
    either.whereIn('state', ended);
    // Written out, because SQLite finds a partial index only where the statement shows the value.
    if (has('running'))
      either.orWhereRaw("(state = 'running' and leased_until between ? and ?)", [earliestLease(now), latestLease(now)]);
    if (has('interrupted'))
      either
        .orWhereRaw("(state = 'running' and leased_until < ?)", [earliestLease(now)])
        .orWhereRaw("(state = 'running' and leased_until > ?)", [latestLease(now)]);
  });
}

/** Narrows a query to what the principal may see. */
export function visibleTo(query: Knex.QueryBuilder, principal: Principal): Knex.QueryBuilder {
  if (isSuperadmin(principal)) return query;
  query.where('tenant_id', principal.tenantId ?? '');
  if (!isTenantAdmin(principal)) query.where('user_id', principal.userId);
  else query.where((either) => either.where('user_id', principal.userId).orWhere('is_private', false));
  const { scopes } = principal;
  if (scopes === null) return query;
  // `x:manage` implies `x:read`.
  const implied = scopes.map((scope) => scope.replace(/manage$/, 'read'));
  return query.whereIn('scope', [...new Set([...scopes, ...implied])]);
}
