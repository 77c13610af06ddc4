/** Registration of the pages about money: one's own plan, usage and invoices, and for super-admins what is sold. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'billing',
  routes: [
    { path: '/settings/plan', page: () => import('./pages/plan.tsx') },
    { path: '/settings/plan/change', page: () => import('./pages/change-plan.tsx') },
    { path: '/settings/plan/invoices', page: () => import('./pages/invoices.tsx') },
    { path: '/settings/plan/invoices/$number', page: () => import('./pages/invoice.tsx') },
    { path: '/billing/checkout/$session', page: () => import('./pages/checkout.tsx'), isPublic: true },
    { path: '/billing/portal', page: () => import('./pages/portal.tsx'), isPublic: true },
    { path: '/sales', page: () => import('./pages/sales/subscriptions.tsx') },
    { path: '/sales/checkouts', page: () => import('./pages/sales/checkouts.tsx') },
    { path: '/sales/invoices', page: () => import('./pages/sales/all-invoices.tsx') },
    { path: '/sales/plans', page: () => import('./pages/sales/plans.tsx') },
    { path: '/sales/coupons', page: () => import('./pages/sales/coupons.tsx') },
    { path: '/sales/usage', page: () => import('./pages/sales/usage.tsx') },
    { path: '/sales/tenants', page: () => import('./pages/sales/tenants.tsx') },
    { path: '/sales/tenants/$id', page: () => import('./pages/sales/tenant.tsx') },
  ],
  moved: {
    '/billing': '/settings/plan',
    '/billing/plans': '/settings/plan/change',
  },
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { plan: () => import('./parts/plan-card.tsx') },
  find: async (text, signal, may) => (await import('./parts/find-invoices.ts')).findInvoices(text, signal, may),
});
