/** Floating licences: their seats are leases that end by themselves. */
import { definePart } from '#core/plugin.ts';
import { LeaseView, leaseRoutes } from './routes.ts';
import { type FloatingScope, floatingServices } from './services.ts';

export const floating = definePart<FloatingScope>({
  name: 'floating',
  summary: 'Floating licences, whose seats are leases',
  needs: ['products', 'licences', 'devices', 'verification'],
  services: floatingServices,
  routes: leaseRoutes,
  schemas: { Lease: LeaseView },
});
