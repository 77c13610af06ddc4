/** What the dashboard counts of sent mail, hour by hour. */
import type { ActivityKind } from '#core/plugin.ts';

export const SENT = 'mail.sent';
export const BOUNCED = 'mail.bounced';

const access = { scope: 'mail:read' };

export const SENDING_ACTIVITY: Readonly<Record<string, ActivityKind>> = {
  [SENT]: { title: { en: 'Mail sent', zh: '发出的邮件' }, access },
  [BOUNCED]: { title: { en: 'Mail that came back', zh: '退回的邮件' }, access },
};
