/** Registration of the start page and the operators' pages. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'admin',
  routes: [
    { path: '/', page: () => import('./pages/dashboard.tsx') },
    { path: '/first-steps', page: () => import('./pages/first-steps.tsx') },
    { path: '/logs', page: () => import('./pages/logs.tsx') },
    { path: '/jobs', page: () => import('./pages/jobs.tsx') },
    { path: '/jobs/$id', page: () => import('./pages/job.tsx') },
    { path: '/cron', page: () => import('./pages/cron.tsx') },
    { path: '/backups', page: () => import('./pages/backups.tsx') },
    { path: '/settings/server', page: () => import('./pages/server-settings.tsx') },
    { path: '/settings/server/$area', page: () => import('./pages/server-settings-area.tsx') },
    { path: '/certificates', page: () => import('./pages/certificates.tsx') },
    { path: '/system/plugins', page: () => import('./pages/plugins.tsx') },
    { path: '/system/plugins/$name', page: () => import('./pages/plugin.tsx') },
    { path: '/system', page: () => import('./pages/system.tsx') },
    { path: '/functions', page: () => import('./pages/functions.tsx') },
    { path: '/functions/$name', page: () => import('./pages/function-page.tsx') },
    { path: '/operations', page: () => import('./pages/operations.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
});
