/** Deletion of sent mail: its records go with the bytes that nothing else points to. Tables: mail_sent, mail_deliveries. */
import { DAY_MS, inSteps } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { SharedBytes } from '../mailboxes/shared-bytes.ts';
import { giveBackSent, waitingOf } from './sent-meter.ts';
import { FINAL_STATUSES } from './states.ts';

export interface SentDeletion {
  /** Records by id; what has not left yet is canceled with them. */
  remove(ids: readonly number[]): Promise<void>;
  /** All that was sent by a person, or in a tenant. */
  removeOf(whose: { user_id: number } | { tenant_id: string }): Promise<void>;
  /** Records whose mail has left or will not, once they are as old as the configuration says. */
  deleteOld(): Promise<void>;
}

/** A transaction that deletes more would hold up receiving. */
const STEP = 500;

export function createSentDeletion(
  services: Services & { sharedBytes: SharedBytes; config: MailConfig },
): SentDeletion {
  const { clock, config, db, sharedBytes } = services;
  sharedBytes.heldBy(async (trx, ids) => {
    const held = await trx('mail_sent').whereIn('blob_id', ids).distinct('blob_id');
    return held.map(({ blob_id }) => blob_id);
  });

  return { remove, removeOf, deleteOld };

  async function remove(ids: readonly number[]): Promise<void> {
    for (let start = 0; start < ids.length; start += STEP) {
      const step = ids.slice(start, start + STEP);
      await db.transaction(async (trx) => {
        const rows = await trx('mail_sent').whereIn('id', step).orderBy('id').forUpdate().select('blob_id');
        await giveBackSent(services, trx, await waitingOf(trx, step));
        await trx('mail_sent').whereIn('id', step).delete();
        await sharedBytes.release(
          trx,
          rows.flatMap(({ blob_id }) => blob_id ?? []),
        );
      });
    }
  }

  async function removeOf(whose: { user_id: number } | { tenant_id: string }): Promise<void> {
    const rows = await db.read('mail_sent').where(whose).select('id').orderBy('id');
    await remove(rows.map(({ id }) => id));
  }

  async function deleteOld(): Promise<void> {
    const before = clock.now() - config.retention.sentDays * DAY_MS;
    await inSteps(async (limit) => {
      const rows = await db
        .read('mail_sent')
        .where('updated_at', '<', before)
        // As an expression: by its index of states SQLite would read all that was ever sent.
        .whereRaw(`status || '' in (${FINAL_STATUSES.map(() => '?').join(', ')})`, [...FINAL_STATUSES])
        .limit(limit)
        .select('id');
      await remove(rows.map(({ id }) => id));
      return rows.length;
    });
  }
}
