/** Registration of the start page and the operators' pages. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'admin',
  routes: [{ path: '/', page: () => import('./pages/Dashboard.tsx') }],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
});
