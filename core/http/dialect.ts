/** A dialect is the envelope and the error shape of one API family. */
import Type, { type TSchema } from 'typebox';
import type { AppError } from '../errors.ts';
import { ConfigError } from '../errors.ts';
import type { Route } from './route.ts';

export interface DialectRequest {
  method: string;
  path: string;
  requestId: string;
}

export interface Dialect {
  name: string;
  /** Paths that belong to it when a route names no dialect, and for unknown paths. The longest prefix wins. */
  prefixes: readonly string[];
  /** Status for a body or query that breaks its schema (422 or 400). */
  validationStatus: number;
  /** Wraps what a handler returned; without it the data is the body. */
  success?(data: unknown, status: number): unknown;
  /** The data in what a handler returned, where handlers may say more than that: a sentence, say. */
  dataOf?(result: unknown): unknown;
  /** What `success` makes, as a schema: with the schema of the data in it. */
  successSchema?(data: TSchema, status: number): TSchema;
  /** The body of an error. May change the status (WorkBot) or the content type (RFC 9457). */
  failure(error: AppError, request: DialectRequest): { body: unknown; status?: number; contentType?: string };
  /** What `failure` makes, as a schema: for the OpenAPI document, and checked in tests. */
  errorSchema: TSchema;
}

const ProblemDetails = Type.Object(
  {
    type: Type.String({ description: '`urn:patchbay:error:` and the code' }),
    title: Type.String({ description: 'A sentence for people' }),
    status: Type.Integer(),
    code: Type.String({ description: 'What it is, for programs' }),
    detail: Type.Optional(Type.String({ description: 'The sentence, where it says more than its code always does' })),
    instance: Type.String({ description: '`urn:request:` and the id of the request, which leads to the log' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.Optional(Type.String()),
          message: Type.String(),
          keyword: Type.Optional(Type.String({ description: 'The rule that was broken, as JSON Schema calls it' })),
          expected: Type.Optional(
            Type.Union([Type.String(), Type.Number()], { description: 'What the rule asks for' }),
          ),
        }),
        { description: 'What is wrong with the request or with a document in it: where, and how' },
      ),
    ),
    required: Type.Optional(Type.String({ description: 'The scope that the key lacks' })),
    retry_after: Type.Optional(Type.Integer({ description: 'Seconds until it is worth another try' })),
    limit_bytes: Type.Optional(Type.Integer({ description: 'The largest body that is taken' })),
    version: Type.Optional(Type.String({ description: 'The version that there is, after `If-Match` named another' })),
  },
  { additionalProperties: true, description: 'Problem details (RFC 9457), with what the code knows beyond' },
);

/** Our own: plain JSON, errors as problem details (RFC 9457). Also for everything that no dialect claims. */
export const platformDialect: Dialect = {
  name: 'platform',
  // `/api` may be claimed by others: what is ours below it stays ours, whichever plugins are on.
  prefixes: ['/', '/api/platform'],
  validationStatus: 422,
  errorSchema: ProblemDetails,
  failure(error, request) {
    const errors = error.issues.map(({ path, ...rest }) => ({ path: `/${path.join('/')}`, ...rest }));
    return {
      contentType: 'application/problem+json',
      body: {
        type: `urn:patchbay:error:${error.code}`,
        title: error.message,
        status: error.status,
        code: error.code,
        instance: `urn:request:${request.requestId}`,
        ...(error.isSpecific && { detail: error.message }),
        ...(errors.length > 0 && { errors }),
        ...error.extra,
      },
    };
  },
};

/** Finds the dialect of a path: the one with the longest matching prefix. */
export function createDialects(dialects: readonly Dialect[]) {
  const byName = new Map(dialects.map((dialect) => [dialect.name, dialect]));
  const byPrefix = dialects
    .flatMap((dialect) => dialect.prefixes.map((prefix) => ({ prefix, dialect })))
    .sort((a, b) => b.prefix.length - a.prefix.length);

  return {
    named: (name: string): Dialect | undefined => byName.get(name),
    ofPath(path: string): Dialect {
      const found = byPrefix.find(({ prefix }) => prefix === '/' || path === prefix || path.startsWith(`${prefix}/`));
      return found?.dialect ?? platformDialect;
    },
  };
}
export type Dialects = ReturnType<typeof createDialects>;

/** The one that a route names, else that of its path. Throws a ConfigError for one that nobody declares. */
export function dialectOf(
  { method, path, dialect }: Pick<Route, 'method' | 'path' | 'dialect'>,
  dialects: Dialects,
): Dialect {
  const found = dialect ? dialects.named(dialect) : dialects.ofPath(path);
  if (!found) throw new ConfigError(`The route ${method} ${path} names an unknown dialect '${dialect}'`);
  return found;
}
