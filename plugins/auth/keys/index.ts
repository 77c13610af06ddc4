/** Keys: API keys with their scopes, and the root token. */
import { definePart } from '#core/plugin.ts';
import type { AuthConfig } from '../config.ts';
import { keyRoutes } from './routes.ts';
import { AUTH_SCOPES } from './scopes.ts';
import { type KeysScope, keysServices } from './services.ts';
import { ApiKeyView, NewApiKeyView } from './views.ts';

export const keys = definePart<KeysScope & { config: AuthConfig }>({
  name: 'keys',
  summary: 'API keys with their scopes, and the root token',
  needs: ['accounts', 'audit'],
  services: keysServices,
  routes: keyRoutes,
  schemas: { ApiKey: ApiKeyView, NewApiKey: NewApiKeyView },
  scopes: AUTH_SCOPES,
});
