/** Registration of the pages about robots: their list, what people write to them, and what operators hand out. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'robots',
  routes: [
    { path: '/assistants', page: () => import('./pages/robots.tsx') },
    { path: '/inbox', page: () => import('./pages/inbox.tsx') },
    { path: '/inbox/contacts', page: () => import('./pages/contacts.tsx') },
    { path: '/inbox/contacts/$id', page: () => import('./pages/contact.tsx') },
    { path: '/inbox/broadcasts', page: () => import('./pages/broadcasts.tsx') },
    { path: '/inbox/broadcasts/$id', page: () => import('./pages/broadcast.tsx') },
    { path: '/inbox/scheduled', page: () => import('./pages/scheduled.tsx') },
    { path: '/assistants/channels', page: () => import('./pages/channels.tsx') },
    { path: '/settings/teams', page: () => import('./pages/teams.tsx') },
    { path: '/settings/working-hours', page: () => import('./pages/working-hours.tsx') },
    { path: '/settings/quick-replies', page: () => import('./pages/quick-replies.tsx') },
    { path: '/assistants/statistics', page: () => import('./pages/statistics.tsx') },
    { path: '/assistants/log', page: () => import('./pages/log.tsx') },
    { path: '/assistants/codes', page: () => import('./pages/codes.tsx') },
    { path: '/assistants/$id', page: () => import('./pages/robot.tsx') },
  ],
  moved: {
    '/robots': '/assistants',
    '/robots/inbox': '/inbox',
    '/robots/contacts': '/inbox/contacts',
    '/robots/broadcasts': '/inbox/broadcasts',
    '/robots/scheduled': '/inbox/scheduled',
    '/robots/teams': '/settings/teams',
  },
  steps: { 'robots.robot': () => import('./steps/robot.tsx') },
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  settings: [{ id: 'robots', of: 'tenant', part: () => import('./settings/settings.tsx') }],
  cards: { today: () => import('./parts/today-card.tsx') },
  find: async (...asked) => (await import('./parts/find.ts')).findRobots(...asked),
});
