/** First steps: a name that others see, and a colleague. */
import type { FirstStep } from '#core/plugin.ts';
import { PEOPLE, SETTINGS_MANAGERS } from '../access.ts';
import { invitedIn } from './invitation-states.ts';
import type { AccountsScope } from './services.ts';

export const ACCOUNT_STEPS: readonly FirstStep[] = [
  {
    id: 'auth.profile',
    title: { en: 'Your name', zh: '您的姓名' },
    text: {
      en: 'What colleagues and customers see instead of your address.',
      zh: '同事和客户看到的将是姓名，而不是您的邮箱地址。',
    },
    path: '/settings/profile',
    order: 10,
    access: PEOPLE,
    async state({ userId }, { people }: AccountsScope) {
      const user = userId === null ? null : await people.userById(userId);
      if (!user) return 'none';
      return user.full_name ? 'done' : 'open';
    },
  },
  {
    id: 'auth.colleague',
    title: { en: 'Invite a colleague', zh: '邀请同事' },
    text: {
      en: 'By mail, or with a link that you pass on yourself.',
      zh: '通过邮件邀请，或自行转发邀请链接。',
    },
    path: '/settings/people/invitations',
    order: 50,
    access: { ...SETTINGS_MANAGERS, ...PEOPLE, tenant: true },
    async state({ tenantId, userId }, { db, clock, people }: AccountsScope) {
      const tenant = await people.tenantByUuid(tenantId ?? '');
      if (!tenant) return 'none';
      const other = await db
        .read('auth_users')
        .where({ tenant_id: tenant.id })
        .whereNot('id', userId ?? 0)
        .first('id');
      if (other) return 'done';
      const invited = db.read('auth_invitations').where({ tenant_id: tenant.id });
      invitedIn(invited, ['open'], clock.now());
      return (await invited.first('id')) ? 'done' : 'open';
    },
  },
];
