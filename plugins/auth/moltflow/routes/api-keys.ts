/** MoltFlow /api-keys. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { accountOf, Id } from '../../access.ts';
import { ApiKeyView, NewApiKeyView } from '../../keys/views.ts';
import type { MoltflowScope } from '../scope.ts';

const access = { scope: 'settings:manage' };

export const apiKeyRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/api-keys',
    access,
    summary: 'Your API keys; owners and admins see those of the tenant',
    responses: { 200: Type.Array(ApiKeyView) },
    handler: ({ principal }, { apiKeys }: MoltflowScope) => apiKeys.list(accountOf(principal)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/api-keys',
    access,
    summary: 'Makes an API key; `raw_key` is shown this once',
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 100 }),
        scopes: Type.Optional(
          Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 100, uniqueItems: true }),
        ),
        expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
      },
      { examples: [{ name: 'outreach-bot', scopes: ['messages:send', 'custom-groups:manage'], expires_in_days: 90 }] },
    ),
    responses: { 201: NewApiKeyView },
    handler: async ({ body, principal }, { apiKeys }: MoltflowScope) =>
      reply(201, await apiKeys.create(accountOf(principal), body)),
  }),
  route({
    method: 'GET',
    path: '/api/v2/api-keys/{id}',
    access,
    summary: 'One API key',
    params: Id,
    responses: { 200: ApiKeyView },
    handler: ({ params, principal }, { apiKeys }: MoltflowScope) => apiKeys.get(accountOf(principal), params.id),
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/api-keys/{id}',
    access,
    summary: 'Revokes an API key at once',
    params: Id,
    responses: { 204: null },
    handler: ({ params, principal }, { apiKeys }: MoltflowScope) => apiKeys.revoke(accountOf(principal), params.id),
  }),
  route({
    method: 'POST',
    path: '/api/v2/api-keys/{id}/rotate',
    access,
    summary: 'A new secret for the key; the old one stops at once, or after `grace_minutes`',
    params: Id,
    body: Type.Object({ grace_minutes: Type.Integer({ minimum: 0, maximum: 10_080, default: 0 }) }),
    responses: { 201: NewApiKeyView },
    handler: async ({ params, body, principal }, { apiKeys }: MoltflowScope) =>
      reply(201, await apiKeys.rotate(accountOf(principal), params.id, body.grace_minutes)),
  }),
];
