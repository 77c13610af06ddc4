/** The OpenAPI 3.1 document, made from what routes declare: good enough to generate a typed client from. */
import type { TSchema } from 'typebox';
import type { CookieScheme } from '../http/authenticator.ts';
import { type Dialect, type Dialects, dialectOf } from '../http/dialect.ts';
import type { Route } from '../http/route.ts';
import { nameSchemas, type Use } from './components.ts';
import { errorSchemaName, failureResponses } from './failures.ts';
import { type Json, pascal } from './json.ts';
import { operationOf } from './operation.ts';
import { operationIds } from './operation-ids.ts';
import { nameParameters } from './parameters.ts';
import { answerSchema } from './schemas.ts';
import { securitySchemes } from './security.ts';
import type { Operation } from './shapes.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export interface OpenApiOptions {
  routes: readonly (Route & { tag?: string })[];
  dialects: Dialects;
  version: string;
  publicUrl: string;
  /** A sentence about each tag. */
  tags?: Readonly<Record<string, string>>;
  /** Schemas by the name that they have in the document. */
  schemas?: Readonly<Record<string, TSchema>>;
  cookies?: readonly CookieScheme[];
}

export interface OpenApiDocument extends Json {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
}

export function createOpenApi(options: OpenApiOptions): OpenApiDocument {
  const { dialects, version, publicUrl, tags = {}, schemas = {}, cookies = [] } = options;
  const routes = inOrder(options.routes);
  const ids = operationIds(routes);
  const used = new Set<Dialect>();
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const dialect = dialectOf(route, dialects);
    used.add(dialect);
    const operationId = ids.get(route) ?? '';
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = operationOf({ route, operationId, dialect, cookies });
    paths[route.path] = operations;
  }
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const names = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, answerSchema(schema)]));
  const errors = [...used].map((dialect) => [errorSchemaName(dialect), answerSchema(dialect.errorSchema)]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Patchbay',
      version,
      summary: 'Accounts, billing, mail, licences, chat robots and durable workflows in one process',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    tags: [...new Set(routes.map((route) => route.tag ?? 'core'))]
      .sort()
      .map((name) => ({ name, description: tags[name] ?? `What ${name} offers` })),
    paths,
    components: {
      schemas: { ...nameSchemas(operations.flatMap(usesOf), names), ...Object.fromEntries(errors) },
      parameters: nameParameters(operations),
      responses: referredTo(operations, Object.assign({}, ...[...used].map(failureResponses))),
      securitySchemes: securitySchemes(cookies),
    },
  };
}

/** Those of the responses that operations refer to. */
function referredTo(operations: readonly Operation[], responses: Record<string, Json>): Record<string, Json> {
  const references = new Set(operations.flatMap((one) => Object.values(one.responses).map(({ $ref }) => $ref)));
  return Object.fromEntries(
    Object.entries(responses).filter(([name]) => references.has(`#/components/responses/${name}`)),
  );
}

/** Every place of an operation where a schema stands, its parameters aside. */
function usesOf({ operationId, requestBody, responses }: Operation): Use[] {
  const contents = [
    { role: 'Body', content: requestBody?.content ?? {} },
    ...Object.values(responses).map(({ content = {} }) => ({ role: 'Result', content })),
  ];
  return contents.flatMap(({ role, content }) =>
    Object.values(content).map((media) => ({
      schema: media.schema,
      name: pascal(operationId) + role,
      replace(schema: Json) {
        media.schema = schema;
      },
    })),
  );
}

/** By path: what the document says depends on no order in which somebody has written things down. */
function inOrder<T extends Pick<Route, 'method' | 'path'>>(routes: readonly T[]): T[] {
  const key = ({ method, path }: T) => `${path} ${METHODS.indexOf(method)}`;
  return [...routes].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
