/** What operations answer with when they refuse: the statuses that their declaration makes possible, in their dialect. */
import { AppError, coreErrors } from '../errors.ts';
import type { Dialect } from '../http/dialect.ts';
import type { Route } from '../http/route.ts';
import { isJson, type Json, pascal } from './json.ts';
import { plain } from './schemas.ts';

/** A failure of core as a dialect shows it. */
interface Shown {
  code: string;
  status: number;
  contentType: string;
  example: unknown;
}

const NAMES: Readonly<Record<number, string>> = {
  200: 'Refused',
  400: 'BadRequest',
  401: 'Unauthenticated',
  403: 'Forbidden',
  404: 'NotFound',
  412: 'PreconditionFailed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'RateLimited',
};
const SENTENCES: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood',
  401: 'No credentials, or none that are good',
  403: 'The caller may not do this',
  404: 'There is nothing of that name or id, or it is not the caller’s',
  412: 'Somebody else has changed it since: read it again',
  413: 'The body is larger than is taken here',
  415: 'The body is of another type than is taken here',
  422: 'The request is not as its schemas ask',
  429: 'Too many requests: `Retry-After` says when to come again',
};
const SAMPLE_ISSUE = { path: ['body', 'email'], message: 'is missing', keyword: 'required' };
const SAMPLE_REQUEST = { method: 'GET', path: '/', requestId: '3f0c2b1e-8d7a-4a55-9a43-0d1d7a6f9c11' };

/** `PlatformError`: the schema of all errors of a dialect. */
export function errorSchemaName({ name }: Dialect): string {
  return `${pascal(name)}Error`;
}

/** The answers of a dialect that operations refer to: `PlatformNotFound` …, and `PlatformError` for all others. */
export function failureResponses(dialect: Dialect): Record<string, Json> {
  const shown = allOf(dialect);
  const responses: Record<string, Json> = {
    [errorSchemaName(dialect)]: {
      description: 'Any other error',
      content: contentOf(dialect, [], [shownAs(dialect, coreErrors.internal_error())]),
    },
  };
  for (const status of new Set(shown.map((one) => one.status))) {
    const alike = shown.filter((one) => one.status === status);
    responses[responseName(dialect, status)] = {
      description: SENTENCES[status] ?? 'The request is refused',
      ...(alike.some(({ code }) => code === 'rate_limited') && {
        headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } },
      }),
      content: contentOf(dialect, alike, alike),
    };
  }
  return responses;
}

/** By status: references to those, for what may go wrong with this route. */
export function failuresOf(route: Route, dialect: Dialect): Record<string, Json> {
  const codes = new Set(codesOf(route).map(({ code }) => code));
  const statuses = new Set(
    allOf(dialect)
      .filter(({ code }) => codes.has(code))
      .map(({ status }) => status),
  );
  // Whatever goes wrong may be said with the status of a success.
  const { status: ofAny } = shownAs(dialect, coreErrors.internal_error());
  if (ofAny < 300) statuses.add(ofAny);
  const references = [...statuses].sort((a, b) => a - b).map((status) => [status, responseName(dialect, status)]);
  return Object.fromEntries([
    ...references.map(([status, name]) => [String(status), { $ref: `#/components/responses/${name}` }]),
    ...['4XX', '5XX'].map((range) => [range, { $ref: `#/components/responses/${errorSchemaName(dialect)}` }]),
  ]);
}

/** The errors of core that the declaration of a route makes possible. */
function codesOf({ access, params, query, body, rawBody, rateLimit, requestHeaders = {} }: Route): AppError[] {
  const isOpen = access === 'public' || access === 'optional';
  const isGuarded = Object.keys(requestHeaders).some((name) => name.toLowerCase() === 'if-match');
  const hasBody = body !== undefined || rawBody !== undefined;
  return [
    ...(isOpen ? [] : [coreErrors.unauthenticated(), coreErrors.forbidden(), coreErrors.rate_limited()]),
    ...(params ? [coreErrors.not_found()] : []),
    ...(params || query || body ? [coreErrors.validation_error()] : []),
    ...(body ? [coreErrors.invalid_json()] : []),
    ...(hasBody ? [coreErrors.payload_too_large(), coreErrors.unsupported_media_type()] : []),
    ...(isGuarded ? [coreErrors.precondition_failed()] : []),
    ...(rateLimit ? [coreErrors.rate_limited()] : []),
  ];
}

/** Every error that a declaration makes possible, and those of the same statuses that examples show. */
function allOf(dialect: Dialect): Shown[] {
  const { validationStatus } = dialect;
  const invalid = coreErrors.validation_error({ issues: [SAMPLE_ISSUE] });
  const errors = [
    coreErrors.unauthenticated(),
    coreErrors.forbidden(),
    coreErrors.insufficient_scope({ extra: { required: 'mail:read' } }),
    coreErrors.not_found(),
    coreErrors.invalid_json(),
    new AppError(invalid.code, invalid.message, { status: validationStatus, issues: invalid.issues }),
    coreErrors.precondition_failed(),
    coreErrors.payload_too_large({ extra: { limit_bytes: 1_048_576 } }),
    coreErrors.unsupported_media_type(),
    coreErrors.rate_limited({ extra: { retry_after: 30 } }),
  ];
  return errors.map((error) => shownAs(dialect, error));
}

function shownAs(dialect: Dialect, error: AppError): Shown {
  const { body, status = error.status, contentType = 'application/json' } = dialect.failure(error, SAMPLE_REQUEST);
  return { code: error.code, status, contentType: contentType.split(';')[0] ?? contentType, example: plain(body) };
}

function contentOf(dialect: Dialect, examples: readonly Shown[], [first]: readonly Shown[]): Json {
  const schema = { $ref: `#/components/schemas/${errorSchemaName(dialect)}` };
  const named = Object.fromEntries(examples.map(({ code, example }) => [code, { value: example }]));
  const shown = examples.length > 0 ? { examples: named } : { example: isJson(first?.example) ? first.example : {} };
  return { [first?.contentType ?? 'application/json']: { schema, ...shown } };
}

function responseName({ name }: Dialect, status: number): string {
  return pascal(name) + (NAMES[status] ?? `Status${status}`);
}
