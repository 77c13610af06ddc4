/** Keys: API keys with their scopes, the root token, and what somebody may do with either. */
import { definePart } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import { RightsView, ScopeView } from './rights.ts';
import { keyRoutes } from './routes/api-keys.ts';
import { rightsRoutes } from './routes/rights.ts';
import { AUTH_SCOPES } from './scopes.ts';
import { type KeysScope, keysServices } from './services.ts';
import { keyTables } from './tables.ts';
import { ApiKeyView, NewApiKeyView } from './views.ts';

export const keys = definePart<KeysScope & { config: AuthConfig }>({
  name: 'keys',
  summary: 'API keys with their scopes, the root token, and the rights of people',
  needs: ['accounts', 'audit'],
  tables: keyTables,
  services: keysServices,
  routes: [...keyRoutes, ...rightsRoutes],
  schemas: {
    ApiKey: ApiKeyView,
    FunctionRight: RightsView.properties.functions.items,
    NewApiKey: NewApiKeyView,
    Rights: RightsView,
    RouteRight: RightsView.properties.routes.items,
    Scope: ScopeView,
  },
  scopes: AUTH_SCOPES,
});
