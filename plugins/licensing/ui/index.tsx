/** Registration of the pages about licences: those of vendors, and the one that customers open by a mailed link. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'licensing',
  routes: [
    { path: '/sales/licences', page: () => import('./pages/licences.tsx') },
    { path: '/sales/products', page: () => import('./pages/products.tsx') },
    { path: '/sales/devices', page: () => import('./pages/all-devices.tsx') },
    { path: '/sales/licences/import', page: () => import('./pages/import.tsx') },
    { path: '/sales/licences/signing-keys', page: () => import('./pages/signing-keys.tsx') },
    { path: '/licences/devices', page: () => import('./pages/customer-devices.tsx'), isPublic: true },
    { path: '/sales/licences/$id', page: () => import('./pages/licence.tsx') },
  ],
  moved: {
    '/licences': '/sales/licences',
    '/licences/products': '/sales/products',
    '/licences/all-devices': '/sales/devices',
  },
  steps: { 'licensing.product': () => import('./steps/product.tsx') },
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { figures: () => import('./parts/figures-card.tsx') },
  find: async (text, signal, may) => (await import('./parts/find-licences.ts')).findLicences(text, signal, may),
});
