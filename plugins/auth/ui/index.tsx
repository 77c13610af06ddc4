/** Registration of the pages about people: signing in, mailed links, one's own account, people, organisations, keys, the audit log. */
import { api, definePages } from 'patchbay-platform/ui';

const FOUND = 5;

export default definePages({
  name: 'auth',
  routes: [
    { path: '/sign-in', page: () => import('./pages/sign-in.tsx'), isPublic: true },
    { path: '/sign-in/link', page: () => import('./pages/sign-in-link.tsx'), isPublic: true },
    { path: '/sign-in/forgotten', page: () => import('./pages/forgotten.tsx'), isPublic: true },
    { path: '/register', page: () => import('./pages/register.tsx'), isPublic: true },
    { path: '/setup', page: () => import('./pages/set-up.tsx'), isPublic: true },
    { path: '/auth/invitation', page: () => import('./pages/accept-invitation.tsx'), isPublic: true },
    { path: '/auth/reset-password', page: () => import('./pages/reset-password.tsx'), isPublic: true },
    { path: '/auth/verify-email', page: () => import('./pages/verify-email.tsx'), isPublic: true },
    { path: '/auth/magic-link', page: () => import('./pages/magic-link.tsx'), isPublic: true },
    { path: '/profile', page: () => import('./pages/profile.tsx') },
    { path: '/security', page: () => import('./pages/security.tsx') },
    { path: '/api-keys', page: () => import('./pages/keys.tsx') },
    { path: '/api-keys/$id', page: () => import('./pages/key.tsx') },
    { path: '/users', page: () => import('./pages/users.tsx') },
    { path: '/users/$id', page: () => import('./pages/user.tsx') },
    { path: '/invitations', page: () => import('./pages/invitations.tsx') },
    { path: '/organisation', page: () => import('./pages/organisation.tsx') },
    { path: '/audit', page: () => import('./pages/audit.tsx') },
    { path: '/tenants', page: () => import('./pages/tenants.tsx') },
    { path: '/tenants/$id', page: () => import('./pages/tenant.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  async find(search, signal, may) {
    if (!may('auth.users')) return [];
    const query = { search, limit: FOUND };
    const { data } = await api.GET('/api/platform/auth/users', { params: { query }, signal });
    const found = typeof data === 'object' ? data.items : [];
    return found.map(({ id, full_name, username, email }) => ({
      title: full_name || username || email || id,
      ...(email && { description: email }),
      path: `/users/${id}`,
    }));
  },
});
