/** Registration of the pages about mail: the reader, mailboxes, writing, rules, and what operators set up. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'mail',
  routes: [
    { path: '/mail', page: () => import('./pages/Reader.tsx') },
    { path: '/mail/compose', page: () => import('./pages/Compose.tsx') },
    { path: '/mail/mailboxes', page: () => import('./pages/Mailboxes.tsx') },
    { path: '/mail/mailboxes/$id', page: () => import('./pages/Mailbox.tsx') },
    { path: '/mail/sent', page: () => import('./pages/Sent.tsx') },
    { path: '/mail/sent/$id', page: () => import('./pages/SentMail.tsx') },
    { path: '/mail/scheduled', page: () => import('./pages/Scheduled.tsx') },
    { path: '/mail/quarantine', page: () => import('./pages/Quarantine.tsx') },
    { path: '/mail/rules', page: () => import('./pages/Rules.tsx') },
    { path: '/mail/webhooks', page: () => import('./pages/Webhooks.tsx') },
    { path: '/mail/webhooks/$id', page: () => import('./pages/Webhook.tsx') },
    { path: '/mail/suppressions', page: () => import('./pages/Suppressions.tsx') },
    { path: '/mail/domains', page: () => import('./pages/Domains.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { today: () => import('./parts/TodayCard.tsx') },
  find: async (...asked) => (await import('./find.ts')).findMail(...asked),
});
