/** Registration of the pages about robots: their list, what people write to them, and what operators hand out. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'robots',
  routes: [
    { path: '/robots', page: () => import('./pages/robots.tsx') },
    { path: '/robots/inbox', page: () => import('./pages/inbox.tsx') },
    { path: '/robots/contacts', page: () => import('./pages/contacts.tsx') },
    { path: '/robots/contacts/$id', page: () => import('./pages/contact.tsx') },
    { path: '/robots/broadcasts', page: () => import('./pages/broadcasts.tsx') },
    { path: '/robots/broadcasts/$id', page: () => import('./pages/broadcast.tsx') },
    { path: '/robots/scheduled', page: () => import('./pages/scheduled.tsx') },
    { path: '/robots/channels', page: () => import('./pages/channels.tsx') },
    { path: '/robots/teams', page: () => import('./pages/teams.tsx') },
    { path: '/robots/statistics', page: () => import('./pages/statistics.tsx') },
    { path: '/robots/log', page: () => import('./pages/log.tsx') },
    { path: '/robots/codes', page: () => import('./pages/codes.tsx') },
    { path: '/robots/$id', page: () => import('./pages/robot.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  settings: [{ id: 'robots', of: 'tenant', part: () => import('./settings/settings.tsx') }],
  cards: { today: () => import('./parts/today-card.tsx') },
});
