/** Registration of the pages: where they are. `npm run build:ui` builds them; see docs/plugin-pages.md. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'sample',
  routes: [{ path: '/sample', page: () => import('./pages/notes.tsx') }],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
});
