/**
 * What administrators are told of: mail that other servers do not take, so that it waits, was given up within the last hour, or came
 * back in numbers, as it does when this server stands on a list of senders of spam.
 */
import { type AlertCondition, countedTo, MOST_COUNTED } from '#core/plugin.ts';
import type { SendingScope } from './services.ts';

const RECENT_MS = 3_600_000;
/** Greylisting is over by then. */
const WAITS_MS = 30 * 60_000;
/** A wrong address now and then is its sender's matter. */
const MANY_BOUNCED = 10;

export const undeliveredAlert: AlertCondition = {
  name: 'mail.undelivered',
  path: '/mail/sent?status=queued,bounced,failed',
  templates: new URL('../mail-templates/', import.meta.url),
  async holds({ db, clock }: SendingScope) {
    const now = clock.now();
    const waiting = await countedTo(
      db
        .read('mail_deliveries')
        .whereRaw("status = 'queued'")
        .where('attempts', '>', 0)
        .where('first_try_at', '<=', now - WAITS_MS),
    );
    const failed = await recent('failed');
    const bounced = await recent('bounced');
    if (waiting === 0 && failed === 0 && bounced < MANY_BOUNCED) return null;
    const counts = { queued: waiting, failed, bounced };
    return Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([status, count]) => `${status}: ${count}${count === MOST_COUNTED ? '+' : ''}`)
      .join(', ');

    /** Of the newest ones, by their index. */
    async function recent(status: 'failed' | 'bounced'): Promise<number> {
      const newest = await db
        .read('mail_sent')
        .where({ status })
        .orderBy('id', 'desc')
        .limit(MOST_COUNTED)
        .select('updated_at');
      return newest.filter(({ updated_at }) => now - Number(updated_at) < RECENT_MS).length;
    }
  },
};
