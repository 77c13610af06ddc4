/** The API of the older licence server, as its document has it: verifying, and administration with an API key. */
import { definePart } from '#core/plugin.ts';
import { adminRoutes } from './admin.ts';
import type { DialectScope } from './scope.ts';
import { verifyRoutes } from './verify.ts';

export const dialect = definePart<DialectScope>({
  name: 'dialect',
  summary: 'The API of the licence document',
  needs: ['products', 'licences', 'devices', 'verification'],
  routes: [...verifyRoutes, ...adminRoutes],
});
