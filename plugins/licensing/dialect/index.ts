/** The API of the older licence server, as its document has it: verifying, and administration with an API key. */
import { definePart } from '#core/plugin.ts';
import type { DevicesScope } from '../devices/services.ts';
import { adminRoutes } from './admin.ts';
import { verifyRoutes } from './verify.ts';

export const dialect = definePart<DevicesScope>({
  name: 'dialect',
  summary: 'The API of the licence document',
  needs: ['products', 'licences', 'devices'],
  routes: [...verifyRoutes, ...adminRoutes],
});
