/** What is known of somebody: mail that was sent to them. Of it, each reader sees what their list of sent mail has. */
import type { PageText, PersonSection } from '#core/plugin.ts';
import { READ } from '../shapes.ts';
import type { SendingScope } from './services.ts';
import type { SentStatus } from './states.ts';
import type { SentRow } from './tables.ts';

const STATES: Record<SentStatus, PageText> = {
  scheduled: { en: 'Scheduled', zh: '已定时' },
  queued: { en: 'Waiting', zh: '等待中' },
  sent: { en: 'Sent', zh: '已发送' },
  delivered: { en: 'Delivered', zh: '已送达' },
  logged: { en: 'Written to the log only', zh: '仅写入日志' },
  bounced: { en: 'Bounced', zh: '被退回' },
  failed: { en: 'Failed', zh: '失败' },
  canceled: { en: 'Canceled', zh: '已取消' },
};

export const SENT_TO_THEM: PersonSection = {
  id: 'mail.sent',
  title: { en: 'Mail sent to them', zh: '发给对方的邮件' },
  access: READ,
  async find({ principal, addresses, most }, { db, visibleSent }: SendingScope) {
    const to = db
      .read('mail_deliveries')
      .whereRaw(`lower(recipient) in (${addresses.map(() => '?').join(', ')})`, [...addresses])
      .select('sent_id');
    const rows: SentRow[] = await visibleSent(principal)
      .whereIn('mail_sent.id', to)
      .orderBy('mail_sent.id', 'desc')
      .limit(most + 1)
      .select('mail_sent.uuid', 'mail_sent.subject', 'mail_sent.from_addr', 'mail_sent.status', 'mail_sent.created_at');
    return {
      rows: rows.map(({ uuid, subject, from_addr, status, created_at }) => ({
        title: subject || '–',
        detail: from_addr,
        state: { value: status, text: STATES[status] },
        at: Number(created_at),
        path: `/mail/sent/${uuid}`,
      })),
      all: null,
    };
  },
};
