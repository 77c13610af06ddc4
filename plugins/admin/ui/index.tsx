/** Registration of the start page and the operators' pages. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'admin',
  routes: [
    { path: '/', page: () => import('./pages/Dashboard.tsx') },
    { path: '/first-steps', page: () => import('./pages/FirstSteps.tsx') },
    { path: '/logs', page: () => import('./pages/Logs.tsx') },
    { path: '/jobs', page: () => import('./pages/Jobs.tsx') },
    { path: '/jobs/$id', page: () => import('./pages/Job.tsx') },
    { path: '/cron', page: () => import('./pages/Cron.tsx') },
    { path: '/backups', page: () => import('./pages/Backups.tsx') },
    { path: '/system/plugins', page: () => import('./pages/Plugins.tsx') },
    { path: '/system/plugins/$name', page: () => import('./pages/Plugin.tsx') },
    { path: '/system', page: () => import('./pages/System.tsx') },
    { path: '/functions', page: () => import('./pages/Functions.tsx') },
    { path: '/functions/$name', page: () => import('./pages/FunctionPage.tsx') },
    { path: '/operations', page: () => import('./pages/Operations.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
});
