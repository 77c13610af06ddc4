/** What the dashboard counts of mail, hour by hour. */
import type { ActivityKind } from '#core/plugin.ts';

export const RECEIVED = 'mail.received';
export const SENT = 'mail.sent';
export const BOUNCED = 'mail.bounced';

const access = { scope: 'mail:read' };

export const MAIL_ACTIVITY: Readonly<Record<string, ActivityKind>> = {
  [RECEIVED]: { title: { en: 'Mail received', zh: '收到的邮件' }, access },
  [SENT]: { title: { en: 'Mail sent', zh: '发出的邮件' }, access },
  [BOUNCED]: { title: { en: 'Mail that came back', zh: '退回的邮件' }, access },
};
