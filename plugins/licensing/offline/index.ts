/** Offline licences: files that programs check without asking anybody. */
import { definePart } from '#core/plugin.ts';
import { offlineRoutes } from './routes.ts';
import { type OfflineScope, offlineServices } from './services.ts';

export const offline = definePart<OfflineScope>({
  name: 'offline',
  summary: 'Signed licences that are checked without asking anybody',
  needs: ['products', 'keys', 'licences', 'devices', 'verification'],
  services: offlineServices,
  routes: offlineRoutes,
});
