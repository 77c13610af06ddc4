/** Rights: what somebody may do, and keys for others with the rights that both have. */
import { definePart } from '#core/plugin.ts';
import { RightsView, ScopeView } from './rights.ts';
import { rightsRoutes } from './routes.ts';
import { type RightsScope, rightsServices } from './services.ts';

export const rights = definePart<RightsScope>({
  name: 'rights',
  summary: 'What somebody may do, and keys for others',
  needs: ['accounts', 'keys'],
  services: rightsServices,
  routes: rightsRoutes,
  schemas: {
    FunctionRight: RightsView.properties.functions.items,
    Rights: RightsView,
    RouteRight: RightsView.properties.routes.items,
    Scope: ScopeView,
  },
});
