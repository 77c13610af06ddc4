/** Licences away from the server: signed files that programs check without asking anybody, and floating ones, whose seats are leases. */
import { definePart } from '#core/plugin.ts';
import { fileRoutes } from './routes/files.ts';
import { LeaseView, leaseRoutes } from './routes/leases.ts';
import { type OfflineScope, offlineServices } from './services.ts';

export const offline = definePart<OfflineScope>({
  name: 'offline',
  summary: 'Signed licences that are checked without asking anybody, their keys, and leases of floating licences',
  needs: ['products', 'licences', 'devices'],
  services: offlineServices,
  routes: [...fileRoutes, ...leaseRoutes],
  schemas: { Lease: LeaseView },
});
