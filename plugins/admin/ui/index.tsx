/** Registration of the start page and the operators' pages. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'admin',
  routes: [
    { path: '/', page: () => import('./pages/dashboard.tsx') },
    { path: '/help', page: () => import('./pages/help.tsx') },
    { path: '/help/$name', page: () => import('./pages/guide.tsx') },
    { path: '/first-steps', page: () => import('./pages/first-steps.tsx') },
    { path: '/status/log', page: () => import('./pages/logs.tsx') },
    { path: '/status/jobs', page: () => import('./pages/jobs.tsx') },
    { path: '/status/jobs/$id', page: () => import('./pages/job.tsx') },
    { path: '/status/cron', page: () => import('./pages/cron.tsx') },
    { path: '/settings/backups', page: () => import('./pages/backups.tsx') },
    { path: '/settings/server', page: () => import('./pages/server-settings.tsx') },
    { path: '/settings/server/$area', page: () => import('./pages/server-settings-area.tsx') },
    { path: '/settings/certificates', page: () => import('./pages/certificates.tsx') },
    { path: '/settings/plugins', page: () => import('./pages/plugins.tsx') },
    { path: '/settings/plugins/$name', page: () => import('./pages/plugin.tsx') },
    { path: '/status', page: () => import('./pages/system.tsx') },
    { path: '/automations/functions', page: () => import('./pages/functions.tsx') },
    { path: '/automations/functions/$name', page: () => import('./pages/function-page.tsx') },
    { path: '/status/operations', page: () => import('./pages/operations.tsx') },
    { path: '/status/alerts', page: () => import('./pages/alerts.tsx') },
  ],
  moved: {
    '/logs': '/status/log',
    '/jobs': '/status/jobs',
    '/cron': '/status/cron',
    '/backups': '/settings/backups',
    '/certificates': '/settings/certificates',
    '/system/plugins': '/settings/plugins',
    '/system': '/status',
    '/functions': '/automations/functions',
    '/operations': '/status/operations',
  },
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
});
