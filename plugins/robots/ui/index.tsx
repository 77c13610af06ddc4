/** Registration of the pages about robots: their list, what people write to them, and what operators hand out. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'robots',
  routes: [
    { path: '/robots', page: () => import('./pages/Robots.tsx') },
    { path: '/robots/inbox', page: () => import('./pages/Inbox.tsx') },
    { path: '/robots/contacts', page: () => import('./pages/Contacts.tsx') },
    { path: '/robots/contacts/$id', page: () => import('./pages/Contact.tsx') },
    { path: '/robots/broadcasts', page: () => import('./pages/Broadcasts.tsx') },
    { path: '/robots/broadcasts/$id', page: () => import('./pages/Broadcast.tsx') },
    { path: '/robots/scheduled', page: () => import('./pages/Scheduled.tsx') },
    { path: '/robots/channels', page: () => import('./pages/Channels.tsx') },
    { path: '/robots/teams', page: () => import('./pages/Teams.tsx') },
    { path: '/robots/statistics', page: () => import('./pages/Statistics.tsx') },
    { path: '/robots/log', page: () => import('./pages/Log.tsx') },
    { path: '/robots/codes', page: () => import('./pages/Codes.tsx') },
    { path: '/robots/$id', page: () => import('./pages/Robot.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  settings: [{ id: 'robots', of: 'tenant', part: () => import('./settings/Settings.tsx') }],
  cards: { today: () => import('./parts/TodayCard.tsx') },
});
