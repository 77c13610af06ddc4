/** Attention: people depend on mail, and this server sends none. */
import { type AttentionSource, countedTo } from '#core/plugin.ts';
import { invitedIn } from './invitation-states.ts';
import type { AccountsScope } from './services.ts';

export const ACCOUNTS_ATTENTION: readonly AttentionSource[] = [
  {
    id: 'auth.cannotSendMail',
    title: {
      en: 'People waiting for mail that this server cannot send',
      zh: '因无法发送邮件而收不到通知的人',
    },
    path: '/settings/server/sending',
    access: 'superadmin',
    comesFirst: true,
    /** Whoever is alone here reads the log; others have a password to forget, or an invitation to get. */
    async count(_, { db, clock, mailer }: AccountsScope) {
      if (mailer.canSend) return 0;
      const invited = db.read('auth_invitations');
      invitedIn(invited, ['open'], clock.now());
      const people = await countedTo(db.read('auth_users').where({ status: 'active' }));
      return Math.max(0, people - 1) + (await countedTo(invited));
    },
  },
];
