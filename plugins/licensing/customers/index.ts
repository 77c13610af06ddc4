/** Customers: what they do by themselves, known by their address alone: begin a trial, release their devices. */
import { definePart } from '#core/plugin.ts';
import { sendDeviceLink } from './jobs.ts';
import { customerRoutes } from './routes.ts';
import { type CustomersScope, customersServices } from './services.ts';

export const customers = definePart<CustomersScope>({
  name: 'customers',
  summary: 'Trials, and links with which customers release their devices',
  needs: ['products', 'licences', 'devices'],
  services: customersServices,
  routes: customerRoutes,
  jobs: [sendDeviceLink],
});
