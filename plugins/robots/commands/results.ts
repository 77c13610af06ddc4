/** What became of commands: recorded once, whoever reports it first and over whatever it comes. Table: robots_commands. */

import { valuesTable } from '#core/kit.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { RobotLogs } from '../contract.ts';
import { addFigures, type Figure, figure } from '../counts.ts';
import { SENTENCES } from '../dialect-messages.ts';
import { robotErrors } from '../errors.ts';
import type { RobotRow } from '../robots/tables.ts';
import { SEND_MESSAGE } from './command-types.ts';
import type { CommandHooks } from './hooks.ts';
import { OPEN } from './open-commands.ts';
import { COMMAND_MOVES, isUnoffered, mayMove, whereUnoffered } from './states.ts';
import type { CommandRow } from './tables.ts';

export interface Outcome {
  /** 0 is success. */
  errorCode: number;
  errorReason: string;
  /** How long it took on the phone, in ms. */
  executionTimeMs: number;
  successList: readonly string[];
  failList: readonly string[];
  /** What a command that asks for something has brought. */
  data?: unknown;
}

/** As it is stored in `robots_commands.result`. */
export interface StoredResult extends Outcome {
  /** When it was carried out, by our clock: ms since the epoch. */
  runTime: number;
}

/** `repeated`: it had a result, was given up, or waits for its next try. `retried`: it failed and is offered again. */
export type Recorded = 'recorded' | 'retried' | 'repeated' | 'unknown' | 'foreign';

export interface Results {
  record(robot: Pick<RobotRow, 'id'>, commandId: string, outcome: Outcome): Promise<Recorded>;
  /** Takes back what was not offered yet. Throws `COMMAND_NOT_FOUND`, `COMMAND_NOT_WITHDRAWABLE`. */
  withdraw(robot: Pick<RobotRow, 'id'>, commandId: string): Promise<void>;
  /** The same of all of these that no robot was told of yet: whom they are for wants to hear no more. */
  withdrawAll(trx: Transaction, commandIds: readonly string[]): Promise<void>;
  /** Gives up what has not been carried out in time; gives how many. */
  expire(): Promise<number>;
}

interface Report {
  robot: number;
  commandId: string;
  outcome: Outcome;
}

/** In the table of result codes: what no other code says. */
export const OTHER_ERROR = 501_000;
/** A moment between a failure and the next try. */
const RETRY_MS = 1_000;
const EXPIRED_AT_ONCE = 500;
const COLUMNS = [
  'id',
  'command_id',
  'robot',
  'tenant_id',
  'code',
  'type',
  'params',
  'recipient',
  'status',
  'source',
  'failures',
  'max_retries',
  'tries',
  'created_at',
] as const;
type Known = Pick<CommandRow, (typeof COLUMNS)[number] & keyof CommandRow>;
type Finished = Known & { status: 'succeeded' | 'failed' | 'expired'; outcome: StoredResult };

export function createResults({
  db,
  clock,
  events,
  commandHooks,
  robotLogs,
}: Services & {
  commandHooks: CommandHooks;
  robotLogs: RobotLogs;
}): Results {
  const recording = defineBatch<Report, Recorded>({ name: 'robots.results', write: record });

  return {
    async record(robot, commandId, outcome) {
      // What no command is called is looked up nowhere: PostgreSQL would refuse a NUL, and all that share the transaction.
      if (!/^[\w-]{1,60}$/.test(commandId)) return 'unknown';
      return db.batch(recording, { robot: robot.id, commandId, outcome });
    },
    withdraw: (robot, commandId) => db.transaction((trx) => withdraw(trx, robot.id, commandId)),
    withdrawAll,
    expire: () => db.transaction(expire),
  };

  async function record(trx: Transaction, reports: Report[]): Promise<Recorded[]> {
    const now = clock.now();
    const ids = [...new Set(reports.map(({ commandId }) => commandId))].sort();
    const query = trx('robots_commands').whereIn('command_id', ids).orderBy('id');
    const rows: Known[] = await query.forUpdate().select(...COLUMNS);
    const known = new Map(rows.map((row) => [row.command_id, row]));
    const finished: Finished[] = [];
    const again: Known[] = [];
    const recorded = reports.map(({ robot, commandId, outcome }): Recorded => {
      const row = known.get(commandId);
      if (!row) return 'unknown';
      if (row.robot !== robot) return 'foreign';
      if (!mayMove('finish', row.status)) return 'repeated';
      const isSuccess = outcome.errorCode === 0;
      if (!isSuccess && waitsForNextTry(row)) return 'repeated';
      if (!isSuccess && reachedNobody(outcome) && row.failures < row.max_retries) {
        again.push(row);
        known.set(commandId, { ...row, status: COMMAND_MOVES.retry.to[0], failures: row.failures + 1 });
        return 'retried';
      }
      const after: Finished = {
        ...row,
        status: isSuccess ? 'succeeded' : 'failed',
        outcome: { ...outcome, runTime: now - outcome.executionTimeMs },
      };
      known.set(commandId, after);
      finished.push(after);
      return 'recorded';
    });
    await finish(trx, finished, now);
    if (again.length > 0)
      await trx('robots_commands')
        .whereIn(
          'id',
          again.map(({ id }) => id),
        )
        .update({ status: COMMAND_MOVES.retry.to[0], due_at: now + RETRY_MS, offered_over: null, offered_at: null })
        .increment('failures', 1);
    return recorded;
  }

  async function expire(trx: Transaction): Promise<number> {
    const now = clock.now();
    const query = trx('robots_commands')
      .whereRaw(OPEN)
      .where('expires_at', '<=', now)
      .orderBy('expires_at')
      .limit(EXPIRED_AT_ONCE);
    const rows: Known[] = await (db.client === 'pg' ? query.forUpdate().skipLocked() : query).select(...COLUMNS);
    const outcome = givenUp('expired', now);
    await finish(
      trx,
      rows.map((row) => ({ ...row, status: 'expired', outcome: { ...outcome, failList: recipientsOf(row) } })),
      now,
    );
    return rows.length;
  }

  async function withdraw(trx: Transaction, robot: number, commandId: string): Promise<void> {
    const now = clock.now();
    const row = await trx('robots_commands').where({ robot, command_id: commandId }).forUpdate().first();
    if (!row) throw robotErrors.COMMAND_NOT_FOUND();
    if (!isUnoffered(row)) throw robotErrors.COMMAND_NOT_WITHDRAWABLE();
    const outcome = { ...givenUp('withdrawn', now), failList: recipientsOf(row) };
    await finish(trx, [{ ...row, status: COMMAND_MOVES.withdraw.to[0], outcome }], now);
  }

  async function withdrawAll(trx: Transaction, commandIds: readonly string[]): Promise<void> {
    if (commandIds.length === 0) return;
    const now = clock.now();
    const query = trx('robots_commands')
      .whereIn('command_id', [...commandIds])
      .orderBy('id');
    whereUnoffered(query);
    // Whoever offers or records one at this moment keeps it.
    const rows: Known[] = await (db.client === 'pg' ? query.forUpdate().skipLocked() : query).select(...COLUMNS);
    const taken = rows.map((row): Finished => {
      const outcome = { ...givenUp('withdrawn', now), failList: recipientsOf(row) };
      return { ...row, status: COMMAND_MOVES.withdraw.to[0], outcome };
    });
    await finish(trx, taken, now);
  }

  async function finish(trx: Transaction, finished: readonly Finished[], now: number): Promise<void> {
    if (finished.length === 0) return;
    const given = valuesTable(
      trx,
      3,
      finished.map(({ id, status, outcome }) => [id, status, JSON.stringify(outcome)]),
    );
    await trx.raw(
      `update robots_commands set status = given.column2, result = given.column3, finished_at = ?
         from ${given.sql} as given where robots_commands.id = cast(given.column1 as bigint)`,
      [now, ...given.bindings],
    );
    const figures: Figure[] = finished.map(({ robot, status }) => figure(robot, now, status));
    const sent = finished.filter(({ status, type }) => status === 'succeeded' && type === SEND_MESSAGE);
    if (sent.length > 0) figures.push(...(await commandHooks.messagesSent.run(trx, sent, now)).flat());
    await addFigures(trx, figures);
    await commandHooks.ended.run(trx, finished);
    const robots = await trx('robots_robots').whereIn('id', [...new Set(finished.map(({ robot }) => robot))]);
    const names = new Map(robots.map(({ id, robot_id }) => [id, robot_id]));
    for (const { robot, tenant_id, command_id, type, status, outcome } of finished) {
      const robotId = names.get(robot) ?? '';
      if (status !== 'succeeded')
        db.afterCommit(trx, () => logUnfinished({ robotId, command_id, tenant_id, status, outcome }));
      await events.emit(
        trx,
        'robot.command.finished',
        {
          command_id,
          robot_id: robotId,
          type,
          status,
          error_code: outcome.errorCode,
          error_reason: outcome.errorReason,
          success_list: [...outcome.successList],
          fail_list: [...outcome.failList],
        },
        { tenantId: tenant_id, subject: robotId },
      );
    }
  }

  function logUnfinished({
    robotId,
    command_id: commandId,
    tenant_id: tenantId,
    status,
    outcome: { errorCode, errorReason },
  }: Pick<Finished, 'command_id' | 'tenant_id' | 'status' | 'outcome'> & { robotId: string }): void {
    const message = status === 'expired' ? SENTENCES.commandExpired : SENTENCES.commandFailed;
    const details = { robotId, commandId, errorCode, errorReason };
    robotLogs.note({ type: 'robot', level: 'error', message, details, tenantId });
  }
}

/** It has failed and was not offered since: a client that heard no answer tells of the same failure again. */
function waitsForNextTry({ status, failures }: Known): boolean {
  return status === 'pending' && failures > 0;
}

/** Else who has got it would get it twice by another try. */
export function reachedNobody({ successList }: Outcome): boolean {
  return successList.length === 0;
}

/** Nobody has carried it out. */
function givenUp(errorReason: 'expired' | 'withdrawn', runTime: number): StoredResult {
  const nobody = { successList: [], failList: [] };
  return { errorCode: OTHER_ERROR, errorReason, executionTimeMs: 0, ...nobody, runTime };
}

function recipientsOf({ recipient }: Known): string[] {
  return recipient === '' ? [] : recipient.split('\n');
}
