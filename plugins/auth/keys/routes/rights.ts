/** /api/platform/auth: what somebody may do, and keys for somebody else. */
import Type from 'typebox';
import { TENANT_ADMINS } from '#core/kit.ts';
import { reply, route } from '#core/plugin.ts';
import { accountOf, Id, personOf } from '../../access.ts';
import { RightsView, ScopeView } from '../rights.ts';
import type { KeysScope } from '../services.ts';
import { NewApiKeyView } from '../views.ts';

const Scopes = Type.Object({ items: Type.Array(ScopeView) });

export const rightsRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/auth/rights',
    access: 'user',
    summary: 'Which routes and functions you may use, with the credentials that you use',
    responses: { 200: RightsView },
    handler: ({ principal }, { rights }: KeysScope) => rights.of(principal),
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/users/{id}/rights',
    access: { scope: 'settings:read', roles: TENANT_ADMINS },
    summary: 'Which routes and functions a person of your tenant may use; super-admins can ask about everyone',
    params: Id,
    responses: { 200: RightsView },
    handler: ({ params, principal }, { rights }: KeysScope) => rights.ofUser(principal, params.id),
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/api-keys/{id}/rights',
    access: { scope: 'settings:manage' },
    summary: 'Which routes and functions a key may use, of those that you see',
    params: Id,
    responses: { 200: RightsView },
    handler: ({ params, principal }, { rights }: KeysScope) => rights.ofKey(accountOf(principal), params.id),
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/scopes',
    access: { scope: 'settings:manage' },
    summary: 'Scopes that you may put on an API key',
    responses: { 200: Scopes },
    handler: async ({ principal }, { rights }: KeysScope) => ({ items: await rights.grantable(principal) }),
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/users/{id}/scopes',
    access: { kinds: ['user'], roles: TENANT_ADMINS },
    summary: 'Scopes that you may put on an API key for a person of your tenant: those that both of you have',
    params: Id,
    responses: { 200: Scopes },
    handler: async ({ params, principal }, { rights }: KeysScope) => ({
      items: await rights.grantable(principal, params.id),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/users/{id}/api-keys',
    access: { kinds: ['user'], roles: TENANT_ADMINS },
    summary: 'Creates an API key for a person of your tenant, with rights that both of you have; they are told by mail',
    description: 'It acts as that person, and never has a right that either of you lacks, now or later.',
    params: Id,
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 100 }),
      scopes: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 100, uniqueItems: true }),
      expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
    }),
    responses: { 201: NewApiKeyView },
    handler: async ({ params, body, principal }, { keysForOthers }: KeysScope) =>
      reply(201, await keysForOthers.create(personOf(principal), params.id, body)),
  }),
];
