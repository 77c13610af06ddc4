/** A dialect is the envelope and the error shape of one API family. */
import type { AppError } from '../errors.ts';

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
  /** The body of an error. May change the status (WorkBot) or the content type (RFC 9457). */
  failure(error: AppError, request: DialectRequest): { body: unknown; status?: number; contentType?: string };
}

/** Our own: plain JSON, errors as problem details (RFC 9457). Also for everything that no dialect claims. */
export const platformDialect: Dialect = {
  name: 'platform',
  // `/api` may be claimed by others: what is ours below it stays ours, whichever plugins are on.
  prefixes: ['/', '/api/platform'],
  validationStatus: 422,
  failure(error, request) {
    const errors = error.issues.map((issue) => ({
      path: `/${issue.path.join('/')}`,
      message: issue.message,
    }));
    return {
      contentType: 'application/problem+json',
      body: {
        type: `urn:patchbay:error:${error.code}`,
        title: error.message,
        status: error.status,
        code: error.code,
        instance: `urn:request:${request.requestId}`,
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
