/** Registration of the pages about mail: the reader, mailboxes, writing, rules, and what operators set up. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'mail',
  routes: [
    { path: '/mail', page: () => import('./pages/reader.tsx') },
    { path: '/mail/compose', page: () => import('./pages/compose.tsx') },
    { path: '/mail/mailboxes', page: () => import('./pages/mailboxes.tsx') },
    { path: '/mail/mailboxes/$id', page: () => import('./pages/mailbox.tsx') },
    { path: '/mail/sent', page: () => import('./pages/sent.tsx') },
    { path: '/mail/sent/$id', page: () => import('./pages/sent-mail.tsx') },
    { path: '/mail/scheduled', page: () => import('./pages/scheduled.tsx') },
    { path: '/mail/quarantine', page: () => import('./pages/quarantine.tsx') },
    { path: '/mail/rules', page: () => import('./pages/rules.tsx') },
    { path: '/mail/webhooks', page: () => import('./pages/webhooks.tsx') },
    { path: '/mail/webhooks/$id', page: () => import('./pages/webhook.tsx') },
    { path: '/mail/suppressions', page: () => import('./pages/suppressions.tsx') },
    { path: '/settings/mail-domains', page: () => import('./pages/domains.tsx') },
  ],
  moved: {
    '/mail/domains': '/settings/mail-domains',
  },
  steps: { 'mail.receive': () => import('./steps/receive.tsx') },
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { today: () => import('./parts/today-card.tsx') },
  find: async (...asked) => (await import('./find.ts')).findMail(...asked),
});
