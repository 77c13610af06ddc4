/** Registration of the pages about licences: those of vendors, and the one that customers open by a mailed link. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'licensing',
  routes: [
    { path: '/licences', page: () => import('./pages/Licences.tsx') },
    { path: '/licences/products', page: () => import('./pages/Products.tsx') },
    { path: '/licences/all-devices', page: () => import('./pages/AllDevices.tsx') },
    { path: '/licences/import', page: () => import('./pages/Import.tsx') },
    { path: '/licences/signing-keys', page: () => import('./pages/SigningKeys.tsx') },
    { path: '/licences/devices', page: () => import('./pages/CustomerDevices.tsx'), isPublic: true },
    { path: '/licences/$id', page: () => import('./pages/Licence.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { figures: () => import('./parts/figures-card.tsx') },
  find: async (text, signal, may) => (await import('./parts/find-licences.ts')).findLicences(text, signal, may),
});
