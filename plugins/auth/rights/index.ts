/** Rights: what somebody may do, and keys for others with the rights that both have. */
import { definePart } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import { RightsView, rightsRoutes, ScopeView } from './routes.ts';
import { type RightsScope, rightsServices } from './services.ts';

export const rights = definePart<RightsScope & { config: AuthConfig }>({
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
