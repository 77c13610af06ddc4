/** Activation codes as they lie in the database: whether they still count, and what has become of them. */
import type { Knex } from 'knex';
import type { Transaction } from '#core/plugin.ts';
import type { Origin } from '#plugins/auth/contract.ts';
import { robotErrors } from '../errors.ts';
import type { CodeHistoryRow, CodeRow, CodeStatus } from './tables.ts';

/** As it is at this moment: what has come to its end is expired before anybody has noted it. */
export function statusOf({ status, expires_at }: Pick<CodeRow, 'status' | 'expires_at'>, now: number): CodeStatus {
  return status !== 'disabled' && expires_at !== null && expires_at <= now ? 'expired' : status;
}

/** Leaves the codes of these states, as `statusOf` sees them. */
export function whereStatus(rows: Knex.QueryBuilder, states: readonly string[], now: number): void {
  rows.where((either) => {
    for (const state of states)
      either.orWhere((one) => {
        const isOver = (query: Knex.QueryBuilder) =>
          query.where('expires_at', '<=', now).whereNot({ status: 'disabled' });
        if (state === 'expired') return void one.where({ status: 'expired' }).orWhere(isOver);
        one.where({ status: state });
        if (state !== 'disabled') one.where((alive) => alive.whereNull('expires_at').orWhere('expires_at', '>', now));
      });
  });
}

/** The code, held until the transaction ends. Throws `CODE_NOT_FOUND`. */
export async function lockedCode(trx: Transaction, code: string): Promise<CodeRow> {
  const row = await trx('robots_codes').where({ code }).forUpdate().first();
  if (!row) throw robotErrors.CODE_NOT_FOUND();
  return row;
}

export interface CodeEvent {
  what: CodeHistoryRow['what'];
  at: number;
  deviceId?: string | null;
  /** Who did it; null for the phone itself. */
  actor?: string | null;
  reason?: string;
  origin?: Origin;
}

export async function noteInHistory(trx: Transaction, code: number, event: CodeEvent): Promise<void> {
  const { what, at, deviceId = null, actor = null, reason = '', origin = { ip: '', userAgent: '' } } = event;
  await trx('robots_code_history').insert({
    code,
    what,
    device_id: deviceId,
    actor,
    ip: origin.ip,
    at,
    user_agent: origin.userAgent.slice(0, 300),
    reason: reason.slice(0, 500),
  });
}
