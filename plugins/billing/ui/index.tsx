/** Registration of the pages about money: one's own plan, usage and invoices, and for super-admins what is sold. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'billing',
  routes: [
    { path: '/billing', page: () => import('./pages/Plan.tsx') },
    { path: '/billing/plans', page: () => import('./pages/ChangePlan.tsx') },
    { path: '/billing/invoices', page: () => import('./pages/Invoices.tsx') },
    { path: '/billing/invoices/$number', page: () => import('./pages/Invoice.tsx') },
    { path: '/billing/checkout/$session', page: () => import('./pages/Checkout.tsx'), isPublic: true },
    { path: '/billing/portal', page: () => import('./pages/Portal.tsx'), isPublic: true },
    { path: '/sales', page: () => import('./pages/sales/Subscriptions.tsx') },
    { path: '/sales/checkouts', page: () => import('./pages/sales/Checkouts.tsx') },
    { path: '/sales/invoices', page: () => import('./pages/sales/AllInvoices.tsx') },
    { path: '/sales/plans', page: () => import('./pages/sales/Plans.tsx') },
    { path: '/sales/coupons', page: () => import('./pages/sales/Coupons.tsx') },
    { path: '/sales/usage', page: () => import('./pages/sales/Usage.tsx') },
    { path: '/sales/tenants', page: () => import('./pages/sales/Tenants.tsx') },
    { path: '/sales/tenants/$id', page: () => import('./pages/sales/Tenant.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { plan: () => import('./parts/plan-card.tsx') },
  find: async (text, signal, may) => (await import('./parts/find-invoices.ts')).findInvoices(text, signal, may),
});
