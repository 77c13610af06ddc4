/** What the dashboard counts of received mail, hour by hour. */
import type { ActivityKind } from '#core/plugin.ts';

export const RECEIVED = 'mail.received';

export const RECEIVING_ACTIVITY: Readonly<Record<string, ActivityKind>> = {
  [RECEIVED]: { title: { en: 'Mail received', zh: '收到的邮件' }, access: { scope: 'mail:read' } },
};
