/** Workflows: publishing, checking, reading, changing and removing one. */

import Type from 'typebox';
import { isoTime } from '#core/kit.ts';
import { ACCEPT_LANGUAGE, IF_MATCH, IF_MATCH_OR_NONE, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { MANAGE, READ, tenantOf } from '../../access.ts';
import { LONGEST_SOURCE } from '../../language/definition.ts';
import { Time } from '../../time-view.ts';
import type { DefinitionsScope } from '../services.ts';
import { PublishedView, publishedView } from '../views.ts';
import { Address } from './address.ts';

const BASE = '/api/platform/workflows';
/** A definition as text is longer in JSON than it is. */
const LIMIT_BYTES = 2 * LONGEST_SOURCE;
const Source = Type.Union([
  Type.String({ maxLength: LONGEST_SOURCE }),
  Type.Object({}, { additionalProperties: true }),
]);
const HELLO = `document: { dsl: '1.0.0', namespace: guide, name: hello, version: '1.0.0' }
do:
- greet: { set: { greeting: '\${ "Hello " + .name }' } }
`;
const Problem = Type.Object({
  path: Type.String({ description: 'JSON pointer into the definition' }),
  line: Type.Integer(),
  column: Type.Integer(),
  message: Type.String(),
});
const problem = {
  path: '/do/0/greet/sett',
  line: 3,
  column: 12,
  message: "There is no kind of task 'sett' (did you mean 'set'?)",
};

export const WorkflowView = Type.Object({
  ...PublishedView.properties,
  definition: Type.Unknown(),
  source: Type.String(),
  versions: Type.Array(
    Type.Object({
      version: Type.String(),
      revision: Type.Integer(),
      created_at: Time,
    }),
  ),
});

export const workflowRoutes = [
  route({
    method: 'POST',
    path: BASE,
    access: MANAGE,
    summary: 'Publishes a definition (CNCF Serverless Workflow DSL 1.0), as YAML text or as an object',
    bodyLimit: LIMIT_BYTES,
    body: Type.Object(
      {
        definition: Source,
        enabled: Type.Optional(Type.Boolean()),
        draft: Type.Optional(Type.Boolean({ description: 'Stored without becoming the active version' })),
      },
      { examples: [{ definition: HELLO, enabled: true }] },
    ),
    requestHeaders: IF_MATCH_OR_NONE,
    responses: { 201: PublishedView },
    async handler({ body, principal, ctx }, { workflowDefinitions }: DefinitionsScope) {
      const { definition, ...wish } = { ...body, unchanged: preconditionOf(ctx) };
      const { row, version } = await workflowDefinitions.publish(tenantOf(principal), definition, wish, principal);
      return versioned(row, publishedView(row, version), 201);
    },
  }),
  route({
    method: 'POST',
    path: `${BASE}/validate`,
    operationId: 'validateWorkflow',
    access: READ,
    summary: 'What is wrong with a definition, with line and column',
    bodyLimit: LIMIT_BYTES,
    body: Type.Object({ definition: Source }, { examples: [{ definition: HELLO }] }),
    responses: {
      200: Type.Object(
        { valid: Type.Boolean(), errors: Type.Array(Problem) },
        { examples: [{ valid: false, errors: [problem] }] },
      ),
    },
    async handler({ body, principal }, { workflowDefinitions }: DefinitionsScope) {
      const errors = await workflowDefinitions.check(body.definition, tenantOf(principal));
      return { valid: errors.length === 0, errors };
    },
  }),
  route({
    method: 'GET',
    path: `${BASE}/functions`,
    isCompressed: true,
    operationId: 'listWorkflowFunctions',
    access: READ,
    summary: 'Functions that a workflow can call, with the schemas of their input and output',
    requestHeaders: ACCEPT_LANGUAGE,
    responses: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            name: Type.String(),
            summary: Type.String(),
            scope: Type.String(),
            input: Type.Unknown(),
            output: Type.Unknown(),
          }),
        ),
      }),
    },
    handler: ({ ctx }, { functions }) => ({
      items: functions
        .listFor(ctx)
        .map(({ name, summary, access, input, output }) => ({ name, summary, scope: access.scope, input, output })),
    }),
  }),
  route({
    method: 'GET',
    path: `${BASE}/{namespace}/{name}`,
    access: READ,
    summary: 'The active version with its definition, or the one that is named',
    params: Address,
    query: Type.Object({ version: Type.Optional(Type.String({ maxLength: 64 })) }),
    responses: { 200: WorkflowView },
    async handler({ params, query, principal }, { workflowDefinitions }: DefinitionsScope) {
      const found = await workflowDefinitions.get(tenantOf(principal), params.namespace, params.name, query.version);
      const versions = await workflowDefinitions.versions(found.row);
      return versioned(found.row, {
        ...publishedView(found.row, found.version),
        definition: found.definition,
        source: found.source,
        versions: versions.map(({ version, revision, created_at }) => ({
          version,
          revision,
          created_at: isoTime(created_at),
        })),
      });
    },
  }),
  route({
    method: 'GET',
    path: `${BASE}/{namespace}/{name}/export`,
    operationId: 'exportWorkflow',
    access: READ,
    summary: 'The definition as it was given, as a file',
    params: Address,
    responses: { 200: null },
    produces: ['application/yaml'],
    async handler({ params, principal }, { workflowDefinitions }: DefinitionsScope) {
      const { source } = await workflowDefinitions.get(tenantOf(principal), params.namespace, params.name);
      return reply(200, source, {
        'content-type': 'application/yaml; charset=utf-8',
        'content-disposition': `attachment; filename="${params.namespace}.${params.name}.yaml"`,
      });
    },
  }),
  route({
    method: 'PATCH',
    path: `${BASE}/{namespace}/{name}`,
    access: MANAGE,
    summary: 'Switches it on or off, or makes another version the active one',
    params: Address,
    body: Type.Object(
      { enabled: Type.Optional(Type.Boolean()), version: Type.Optional(Type.String({ maxLength: 64 })) },
      { examples: [{ version: '1.1.0' }] },
    ),
    requestHeaders: IF_MATCH,
    responses: { 200: PublishedView },
    async handler({ params, body, principal, ctx }, { workflowDefinitions }: DefinitionsScope) {
      const { namespace, name } = params;
      const tenant = tenantOf(principal);
      await workflowDefinitions.change(tenant, namespace, name, body, preconditionOf(ctx));
      const { row, version } = await workflowDefinitions.get(tenant, namespace, name);
      return versioned(row, publishedView(row, version));
    },
  }),
  route({
    method: 'DELETE',
    path: `${BASE}/{namespace}/{name}`,
    access: MANAGE,
    summary: 'Stops what runs of it, and removes it with its versions and executions',
    params: Address,
    requestHeaders: IF_MATCH,
    responses: { 204: null },
    async handler({ params, principal, ctx }, { workflowDefinitions }: DefinitionsScope) {
      const { namespace, name } = params;
      await workflowDefinitions.remove(tenantOf(principal), namespace, name, preconditionOf(ctx));
    },
  }),
];
