/** The OpenAPI 3.1 document, made from the routes. */
import Type, { type TObject, type TSchema } from 'typebox';
import { describeAccess } from './access.ts';
import type { Dialects } from './dialect.ts';
import type { Route } from './route.ts';
import { closed } from './validate.ts';

export interface OpenApiOptions {
  routes: readonly (Route & { tag?: string })[];
  dialects: Dialects;
  version: string;
  publicUrl: string;
}

export type OpenApiDocument = Record<string, unknown> & { paths: Record<string, Record<string, unknown>> };

export function createOpenApi({ routes, dialects, version, publicUrl }: OpenApiOptions): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = operationOf(route, dialects);
    paths[route.path] = operations;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Patchbay', version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: publicUrl }],
    tags: [...new Set(routes.map((route) => route.tag ?? 'core'))].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'Access token of a sign-in, or an API key' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

function operationOf(route: Route, dialects: Dialects): Record<string, unknown> {
  const dialect = route.dialect ? dialects.named(route.dialect) : dialects.ofPath(route.path);
  const isPublic = route.access === 'public';
  return {
    operationId: operationId(route),
    tags: [route.tag ?? 'core'],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    ...(!isPublic && { security: [{ bearer: [] }, { apiKey: [] }, ...(route.access === 'optional' ? [{}] : [])] }),
    'x-access': describeAccess(route.access),
    'x-dialect': dialect?.name,
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...requestBodyOf(route),
    responses: {
      ...responsesOf(route, dialect?.success),
      default: { description: 'An error in the shape of this API' },
    },
  };
}

/** `GET /api/v2/users/me` → `getApiV2UsersMe`: stable, so that generated clients keep their names. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function parametersOf(schema: TObject | undefined, place: 'path' | 'query'): object[] {
  if (!schema) return [];
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (schema.required ?? []).includes(name),
    ...('description' in property && { description: property.description }),
    schema: property,
  }));
}

function requestBodyOf(route: Route): { requestBody?: object } {
  if (route.rawBody) {
    const content = Object.fromEntries(
      route.rawBody.filter(Boolean).map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
    );
    // A body without a type is none.
    return { requestBody: { required: !route.rawBody.includes(''), content } };
  }
  if (!route.body) return {};
  const required = !Type.IsOptional(route.body);
  return { requestBody: { required, content: { 'application/json': { schema: closed(route.body) } } } };
}

function responsesOf(route: Route, success: ((data: unknown, status: number) => unknown) | undefined): object {
  return Object.fromEntries(
    Object.entries(route.responses).map(([status, schema]) => [
      status,
      {
        description: schema && 'description' in schema ? schema.description : 'Done',
        ...(schema && { content: { 'application/json': { schema: enveloped(schema, Number(status), success) } } }),
      },
    ]),
  );
}

/** A dialect that wraps its answers shows the wrapped example beside the schema of the data. */
function enveloped(schema: TSchema, status: number, success?: (data: unknown, status: number) => unknown): object {
  if (!success) return schema;
  const example = 'examples' in schema && Array.isArray(schema.examples) ? schema.examples[0] : null;
  return { description: 'The data inside the envelope', examples: [success(example, status)], 'x-data': schema };
}
