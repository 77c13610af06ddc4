/** Attention: mail that came back waits for a person. */
import { timeWindow } from '#core/kit.ts';
import { type AttentionSource, countedTo } from '#core/plugin.ts';
import { READ } from '../shapes.ts';
import type { SendingScope } from './services.ts';

/** Older ones have been seen, or matter to nobody. */
const RECENT_MS = 7 * 24 * 3_600_000;

export const SENDING_ATTENTION: readonly AttentionSource[] = [
  {
    id: 'mail.bounces',
    title: { en: 'Mail that came back this week', zh: '本周退回的邮件' },
    path: '/mail/sent?status=bounced,failed',
    access: READ,
    count: (principal, { visibleSent, clock }: SendingScope) =>
      countedTo(
        visibleSent(principal)
          .whereIn('mail_sent.status', ['bounced', 'failed'])
          .whereBetween('mail_sent.created_at', timeWindow(clock.now(), RECENT_MS)),
      ),
  },
  {
    id: 'mail.writtenToLog',
    title: { en: 'Mail this week that was not sent', zh: '本周未发出的邮件' },
    path: '/mail/sent?status=logged',
    access: READ,
    count: async (principal, { visibleSent, clock, mailer }: SendingScope) =>
      mailer.canSend
        ? 0
        : countedTo(
            visibleSent(principal)
              .where('mail_sent.status', 'logged')
              .whereBetween('mail_sent.created_at', timeWindow(clock.now(), RECENT_MS)),
          ),
  },
];
