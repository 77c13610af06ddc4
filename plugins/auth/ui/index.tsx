/** Registration of the pages about people: signing in, one's own account, users, tenants, keys, the audit log. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'auth',
  routes: [
    { path: '/sign-in', page: () => import('./pages/SignIn.tsx'), isPublic: true },
    { path: '/users', page: () => import('./pages/Users.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
});
