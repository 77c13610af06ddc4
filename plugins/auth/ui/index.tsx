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
    { path: '/settings/profile', page: () => import('./pages/profile.tsx') },
    { path: '/settings/security', page: () => import('./pages/security.tsx') },
    { path: '/settings/api-keys', page: () => import('./pages/keys.tsx') },
    { path: '/settings/api-keys/$id', page: () => import('./pages/key.tsx') },
    { path: '/settings/people', page: () => import('./pages/users.tsx') },
    { path: '/settings/people/$id', page: () => import('./pages/user.tsx') },
    { path: '/settings/people/invitations', page: () => import('./pages/invitations.tsx') },
    { path: '/settings/organisation', page: () => import('./pages/organisation.tsx') },
    { path: '/settings/audit', page: () => import('./pages/audit.tsx') },
    { path: '/organisations', page: () => import('./pages/tenants.tsx') },
    { path: '/organisations/$id', page: () => import('./pages/tenant.tsx') },
  ],
  moved: {
    '/profile': '/settings/profile',
    '/security': '/settings/security',
    '/api-keys': '/settings/api-keys',
    '/users': '/settings/people',
    '/invitations': '/settings/people/invitations',
    '/organisation': '/settings/organisation',
    '/audit': '/settings/audit',
    '/tenants': '/organisations',
  },
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  steps: {
    'auth.profile': () => import('./steps/profile.tsx'),
    'auth.secondFactor': () => import('./steps/second-factor.tsx'),
    'auth.colleague': () => import('./steps/colleague.tsx'),
  },
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
