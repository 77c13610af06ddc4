/** Secrets of workflows: their names in rows, setting one, removing one. */

import Type from 'typebox';
import { isoTime } from '#core/kit.ts';
import { IF_MATCH, IF_MATCH_OR_NONE, listRoute, preconditionOf, route, versioned, versionOf } from '#core/plugin.ts';
import { MANAGE, tenantOf } from '../../access.ts';
import { Time } from '../../time-view.ts';
import type { DefinitionsScope } from '../services.ts';
import type { SecretRow } from '../tables.ts';

const ListedSecret = Type.Object({
  name: Type.String(),
  updated_at: Time,
  version: Type.String({ description: 'For `If-Match`' }),
});

export const secretRoutes = [
  listRoute({
    path: '/api/platform/workflow-secrets',
    access: MANAGE,
    summary: 'Names of secrets; their values are never shown',
    item: ListedSecret,
    columns: {
      name: { type: 'text', filter: 'prefix', sort: true },
      updated_at: { type: 'time', filter: 'range', sort: true },
    },
    sort: 'name',
    rows: ({ principal }, { db }: DefinitionsScope) =>
      db.read('workflows_secrets').where({ tenant_id: tenantOf(principal) }),
    items: (rows: SecretRow[]) =>
      rows.map((row) => ({ name: row.name, updated_at: isoTime(row.updated_at), version: versionOf(row) })),
  }),
  route({
    method: 'PUT',
    path: '/api/platform/workflow-secrets/{name}',
    access: MANAGE,
    summary: 'Sets a secret, a text or an object',
    params: Type.Object({ name: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,99}$' }) }),
    body: Type.Object(
      { value: Type.Unknown({ writeOnly: true }) },
      { examples: [{ value: { username: 'ada', password: 'very secret' } }, { value: 'a signing key' }] },
    ),
    requestHeaders: IF_MATCH_OR_NONE,
    responses: { 204: null },
    async handler({ params, body, principal, ctx }, { workflowSecrets }: DefinitionsScope) {
      const row = await workflowSecrets.set(tenantOf(principal), params.name, body.value, preconditionOf(ctx));
      return versioned(row, undefined, 204);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/workflow-secrets/{name}',
    access: MANAGE,
    summary: 'Removes a secret',
    params: Type.Object({ name: Type.String({ maxLength: 100 }) }),
    requestHeaders: IF_MATCH,
    responses: { 204: null },
    async handler({ params, principal, ctx }, { workflowSecrets }: DefinitionsScope) {
      await workflowSecrets.remove(tenantOf(principal), params.name, preconditionOf(ctx));
    },
  }),
];
