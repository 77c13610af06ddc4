/** Registration of the pages about people: signing in, mailed links, one's own account, people, organisations, keys, the audit log. */
import { api, definePages } from 'patchbay/ui';

const FOUND = 5;

export default definePages({
  name: 'auth',
  routes: [
    { path: '/sign-in', page: () => import('./pages/SignIn.tsx'), isPublic: true },
    { path: '/sign-in/link', page: () => import('./pages/SignInLink.tsx'), isPublic: true },
    { path: '/sign-in/forgotten', page: () => import('./pages/Forgotten.tsx'), isPublic: true },
    { path: '/register', page: () => import('./pages/Register.tsx'), isPublic: true },
    { path: '/setup', page: () => import('./pages/SetUp.tsx'), isPublic: true },
    { path: '/auth/invitation', page: () => import('./pages/AcceptInvitation.tsx'), isPublic: true },
    { path: '/auth/reset-password', page: () => import('./pages/ResetPassword.tsx'), isPublic: true },
    { path: '/auth/verify-email', page: () => import('./pages/VerifyEmail.tsx'), isPublic: true },
    { path: '/auth/magic-link', page: () => import('./pages/MagicLink.tsx'), isPublic: true },
    { path: '/profile', page: () => import('./pages/Profile.tsx') },
    { path: '/security', page: () => import('./pages/Security.tsx') },
    { path: '/api-keys', page: () => import('./pages/Keys.tsx') },
    { path: '/api-keys/$id', page: () => import('./pages/Key.tsx') },
    { path: '/users', page: () => import('./pages/Users.tsx') },
    { path: '/users/$id', page: () => import('./pages/User.tsx') },
    { path: '/invitations', page: () => import('./pages/Invitations.tsx') },
    { path: '/organisation', page: () => import('./pages/Organisation.tsx') },
    { path: '/audit', page: () => import('./pages/Audit.tsx') },
    { path: '/tenants', page: () => import('./pages/Tenants.tsx') },
    { path: '/tenants/$id', page: () => import('./pages/Tenant.tsx') },
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
