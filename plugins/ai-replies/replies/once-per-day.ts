/** What is told once a day, and not at each message. Table: ai_replies_told. */
import { epochDay } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';

/** Whether it is the first time on this day. */
export async function isFirstOfDay(trx: Transaction, subject: string, reason: string, now: number): Promise<boolean> {
  const told = await trx('ai_replies_told')
    .insert({ subject, reason, day: epochDay(now) })
    .onConflict(['subject', 'reason', 'day'])
    .ignore()
    .returning('day');
  return told.length > 0;
}
