/** First steps: a domain of one's own, and a mail that arrives. */
import type { FirstStep } from '#core/plugin.ts';
import { ACCOUNTS } from '../shapes.ts';
import type { ReceivingScope } from './services.ts';
import { isTryout } from './tryout-names.ts';

/** A server whose mail is nobody's may have millions. */
const NEWEST = 500;

export const RECEIVING_STEPS: readonly FirstStep[] = [
  {
    id: 'mail.domain',
    title: { en: 'Use your own domain', zh: '使用自己的域名' },
    text: {
      en: 'With its DNS records, so that other servers send mail here.',
      zh: '设置 DNS 记录后，其他服务器即可向此处发送邮件。',
    },
    path: '/settings/mail-domains',
    order: 25,
    access: 'superadmin',
    state: async (_, { mailboxes }: ReceivingScope) => (isTryout(mailboxes.domains()[0] ?? '') ? 'open' : 'done'),
  },
  {
    id: 'mail.receive',
    title: { en: 'Receive a mail', zh: '接收邮件' },
    text: {
      en: 'Create a mailbox and see a mail arrive in it.',
      zh: '新建邮箱，看着邮件送达。',
    },
    path: '/mail',
    order: 40,
    access: { scope: 'mail:manage', kinds: ACCOUNTS },
    async state(principal, { mailVisibility, mailboxTaking }: ReceivingScope) {
      const { query: mails } = await mailVisibility.messages(principal, 'inbox');
      const newest = mails.clearSelect().select('made_by_mail').orderBy('mail_messages.id', 'desc').limit(NEWEST);
      // A mailbox that a mail has made is nobody's: it goes after a while, and what it gets starts nothing.
      if ((await newest).some((mail: { made_by_mail: number }) => mail.made_by_mail === 0)) return 'done';
      const { query: boxes } = await mailVisibility.mailboxes(principal);
      if (await boxes.clearSelect().first('mail_mailboxes.id')) return 'open';
      // Who may take none has nothing to do here.
      return (await mailboxTaking.domainsFor(principal)).length > 0 ? 'open' : 'none';
    },
  },
];
