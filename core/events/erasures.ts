/**
 * What is gone for good, by its ids, so that every plugin hears of it: also one that was off then, or that another replica
 * did not have yet. Tables: core_erasures, core_erasure_readers.
 */
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { likePattern } from '../database/pagination.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { CloudEvent } from './cloud-event.ts';

/** An event whose subscribers all have to hear of it, whenever they come. */
export interface ErasureRow {
  id: number;
  type: string;
  /** The event as JSON. */
  event: string;
  /** Jobs that it has become, between commas. */
  told: string;
  created_at: number;
}

/** A durable subscriber, and which erasures it is known to have been told of. */
export interface ErasureReaderRow {
  name: string;
  up_to: number;
  /** What was there when it last moved on: transactions of that time have ended by the next time. */
  seen: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_erasures: ErasureRow;
      core_erasure_readers: ErasureReaderRow;
    }
  }
}

export interface Erasures {
  /** Notes an event with the jobs that it has become. */
  note(trx: Transaction, event: CloudEvent, told: readonly string[]): Promise<void>;
  /**
   * Makes the jobs that a subscriber of a type has not been given yet; gives how many. Those of `last` are done once more
   * after it, for what it may have left in the meantime.
   */
  catchUp(type: string, name: string, last: readonly string[]): Promise<number>;
  /** After a round of catching up, an hour or so after the last one: what was there then is not looked at again. */
  moveOn(names: readonly string[], newest: number): Promise<void>;
  /** The number of the latest one. */
  newest(): Promise<number>;
}

const STEP = 200;
const AFTERWARDS_MS = 3600_000;

export function createErasures({ db, clock, jobs }: { db: Database; clock: Clock; jobs: Jobs }): Erasures {
  return { note, catchUp, moveOn, newest };

  async function note(trx: Transaction, event: CloudEvent, told: readonly string[]): Promise<void> {
    const row = { type: event.type, event: JSON.stringify(event), told: `,${told.map((name) => `${name},`).join('')}` };
    await trx('core_erasures').insert({ ...row, created_at: clock.now() });
  }

  async function catchUp(type: string, name: string, last: readonly string[]): Promise<number> {
    const reader = await db.write('core_erasure_readers').where({ name }).first();
    if (!reader) {
      await db.write('core_erasure_readers').insert({ name, up_to: 0, seen: 0 }).onConflict('name').ignore();
    }
    let given = 0;
    let after = Number(reader?.up_to ?? 0);
    for (;;) {
      const from = after;
      const rows: ErasureRow[] = await db.transaction((trx) => give(trx, { type, name, last, after: from }));
      given += rows.length;
      if (rows.length < STEP) return given;
      after = Number(rows.at(-1)?.id);
    }
  }

  /** Another replica that comes at the same moment finds them told. */
  async function give(
    trx: Transaction,
    { type, name, last, after }: { type: string; name: string; last: readonly string[]; after: number },
  ): Promise<ErasureRow[]> {
    const query = trx('core_erasures')
      .where({ type })
      .where('id', '>', after)
      .whereRaw(`told not like ? escape '\\'`, [likePattern(`,${name},`)])
      .orderBy('id')
      .limit(STEP);
    if (db.client === 'pg') query.forUpdate();
    const rows = await query;
    if (rows.length === 0) return rows;
    const events = rows.map(({ event }): CloudEvent => JSON.parse(event));
    await jobs.enqueueAll(
      trx,
      events.flatMap((event) => {
        const job = { name, payload: event, lane: event.tenantid ?? null };
        return [job, ...last.map((other) => ({ ...job, name: other, runAt: clock.now() + AFTERWARDS_MS }))];
      }),
    );
    await trx('core_erasures')
      .whereIn(
        'id',
        rows.map(({ id }) => id),
      )
      .update({ told: trx.raw('told || ?', [`${name},`]) });
    return rows;
  }

  async function moveOn(names: readonly string[], newest: number): Promise<void> {
    await db
      .write('core_erasure_readers')
      .whereIn('name', [...names])
      .update({ up_to: db.write.raw('seen'), seen: newest });
  }

  async function newest(): Promise<number> {
    return Number((await db.read('core_erasures').max({ id: 'id' }).first())?.id ?? 0);
  }
}
