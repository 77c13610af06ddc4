/**
 * The way of a request, in one place: headers → body → authenticate → route → access → rate limit →
 * validate → handle → envelope. One Koa middleware, because each further one costs every request an await.
 */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type Koa from 'koa';
import { checkAccess } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import type { Activity } from '../activity/activity.ts';
import { REQUESTS } from '../activity/core-activity.ts';
import { isOutOfSpace, isUnavailable } from '../database/database-errors.ts';
import { AppError, codeOf, coreErrors, isAppError } from '../errors.ts';
import { exactJson } from '../exact-json.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Services } from '../services.ts';
import { type Credentials, credentialsOf } from './authentication.ts';
import { readJson } from './body.ts';
import { compress } from './compression.ts';
import { type Dialect, type Dialects, dialectOf, platformDialect } from './dialect.ts';
import { applyHeaders, type HeaderList, headersOf, STRICT } from './header-policy.ts';
import { createLargeBodies, sizeOf } from './large-bodies.ts';
import { HANDLED, Reply } from './reply.ts';
import { knownCallerOf, rememberCaller } from './request-principal.ts';
import { type BoundRoute, firstStatus, type Route, type RouteRequest } from './route.ts';
import { createRouter } from './router.ts';
import { isForShell, isOpenedByPerson, type Shell, sendShell } from './shell.ts';
import { disconnectUnread } from './slow-readers.ts';
import { createStaticFolders, type StaticFolder } from './static.ts';
import { tracedRequests } from './traced-requests.ts';
import { type Check, closed, compileCheck } from './validate.ts';

export interface PipelineOptions {
  routes: readonly BoundRoute[];
  staticFolders: readonly StaticFolder[];
  /** The web UI; null where no plugin has one. */
  shell: Shell | null;
  dialects: Dialects;
  services: Services;
  bodyLimit: number;
  https: boolean;
  /** Answers that break their schema become errors: for tests. */
  checkResponses: boolean;
  clientIp(request: Koa.Context['req']): string;
}

interface Endpoint {
  route: BoundRoute;
  dialect: Dialect;
  status: number;
  /** Null for the strict ones, which every answer begins with. */
  headers: HeaderList | null;
  checkParams: Check | null;
  checkQuery: Check | null;
  checkBody: Check | null;
  responses: Map<number, Check>;
}

const NOTHING = Object.freeze({});
/** Smaller answers fit into the buffers of the system. */
const LARGE_BYTES = 64 * 1024;
const REQUEST_ID = /^[\w.:-]{8,100}$/;

export function createPipeline(options: PipelineOptions) {
  const { services, dialects, clientIp } = options;
  const serveStatic = createStaticFolders(options.staticFolders);
  const { activity, authentication, connections, rateLimits, refusals, metrics, log } = services;
  const unreadMs = services.coreConfig.http.unreadSeconds * 1000;
  const endpoints = options.routes.map((route) => endpointOf(route, options));
  const router = createRouter(endpoints);
  const largeBodies = createLargeBodies(services.clock);
  const observe = requestMetrics(metrics, activity);
  const errorChecks = options.checkResponses ? errorChecksOf(endpoints) : null;

  return tracedRequests(services.tracing, handle, (ctx) => router.find(ctx.method, ctx.path).match?.found.route.path);

  async function handle(ctx: Koa.Context): Promise<void> {
    const startedAt = performance.now();
    const requestId = requestIdOf(ctx);
    setSecurityHeaders(ctx, requestId, options.https);
    let endpoint: Endpoint | undefined;
    try {
      const lookup = router.find(ctx.method, ctx.path);
      endpoint = lookup.match?.found;
      const isUnknown = !endpoint && lookup.allowed.length === 0;
      if (!endpoint && (await serveStatic(ctx))) return;
      if (options.shell && (endpoint || isUnknown) && isForShell(endpoint?.route, ctx.path) && isOpenedByPerson(ctx)) {
        sendShell(ctx, options.shell);
        return observe(endpoint?.route, ctx.method, ctx.status, startedAt);
      }
      if (!lookup.match || !endpoint) {
        throw lookup.allowed.length > 0 ? methodNotAllowed(lookup.allowed) : coreErrors.not_found();
      }
      const result = await answer(ctx, endpoint, lookup.match.params, requestId);
      if (result !== HANDLED) send(ctx, endpoint, result);
      if (ctx.res.hasHeader('set-cookie')) ctx.set('cache-control', 'no-store');
      if (isLarge(ctx.body)) disconnectUnread(ctx.res, unreadMs);
    } catch (error) {
      const dialect = endpoint?.dialect ?? dialects.ofPath(ctx.path);
      const known = fail(ctx, { dialect, error, requestId, log, check: errorChecks?.get(dialect) });
      const { method, path } = ctx;
      const principal = knownCallerOf(ctx)?.principal ?? null;
      refusals.tell({
        dialect: dialect.name,
        method,
        path,
        error: known,
        requestId,
        principal,
        ip: clientIp(ctx.req),
      });
    }
    observe(endpoint?.route, ctx.method, ctx.status, startedAt);
    if (log.isLevelEnabled('debug')) {
      log.debug({ requestId, method: ctx.method, path: ctx.path, status: ctx.status }, 'request');
    }
  }

  async function answer(
    ctx: Koa.Context,
    endpoint: Endpoint,
    params: Record<string, string>,
    requestId: string,
  ): Promise<unknown> {
    const { route, dialect } = endpoint;
    const ip = clientIp(ctx.req);
    const again = async () => authenticate(ctx, route, ip, true);
    const asked = authenticate(ctx, route, ip, false);
    const principal = asked instanceof Promise ? await asked : asked;
    rememberCaller(ctx, { connections, unreadMs, principal, ip, again });
    checkAccess(route.access, principal);
    if (principal) authentication.hasArrived();
    const admission = principal && rateLimits.admit(principal, route);
    if (admission) await admission;
    if (route.rateLimit) {
      const key = route.rateLimit.by === 'principal' && principal ? principal.id : ip;
      await rateLimits.consume(route.rateLimit, key);
    }
    validate(endpoint.checkParams, params, dialect);
    const query = endpoint.checkQuery ? queryOf(ctx) : NOTHING;
    validate(endpoint.checkQuery, query, dialect);
    const needsBody = endpoint.checkBody !== null || route.rawBody !== undefined;
    const body = needsBody ? await bodyOf(ctx, endpoint, principal?.tenantId ?? principal?.id ?? ip) : undefined;
    validate(endpoint.checkBody, body, dialect);

    const request: RouteRequest<Route['access'], unknown, unknown, unknown> = {
      params,
      query,
      body,
      principal,
      ip,
      requestId,
      userAgent: ctx.get('user-agent'),
      log,
      ctx,
    };
    if (endpoint.headers) applyHeaders(ctx.res, endpoint.headers);
    return route.handler(request);
  }

  function authenticate(
    ctx: Koa.Context,
    route: BoundRoute,
    ip: string,
    isRecheck: boolean,
  ): Principal | null | Promise<Principal | null> {
    if (route.access === 'public') return null;
    const credentials = credentialsOf(ctx.req, ctx.path, ctx.search, {
      ip,
      isRecheck,
      intent: route.method === 'GET' && !route.changes ? 'read' : 'write',
      setCookie: (value) => ctx.append('set-cookie', value),
    });
    return route.access === 'optional' ? optionally(credentials) : authentication.ask(credentials);
  }

  /** Credentials that nobody accepts are none. */
  async function optionally(credentials: Credentials): Promise<Principal | null> {
    try {
      return await authentication.principalOf(credentials);
    } catch (error) {
      if (isAppError(error) && (error.status === 401 || isForeignPage(error))) return null;
      throw error;
    }
  }

  async function bodyOf(ctx: Koa.Context, { route, checkBody }: Endpoint, tenant: string): Promise<unknown> {
    if (route.rawBody) {
      const type = (ctx.get('content-type').split(';')[0] ?? '').trim().toLowerCase();
      if (!route.rawBody.includes(type)) {
        throw coreErrors.unsupported_media_type({
          message: `Send the body as ${route.rawBody.filter(Boolean).join(' or ')}`,
        });
      }
      return undefined;
    }
    if (!checkBody) return undefined;
    const limit = route.bodyLimit ?? options.bodyLimit;
    const bytes = limit > options.bodyLimit ? sizeOf(ctx.req, limit) : 0;
    const read = () => readJson(ctx.req, limit, route.exactNumbers ? exactJson : undefined);
    const isLargeBody = bytes > options.bodyLimit && bytes <= limit;
    const { req: request, res: response } = ctx;
    return (await (isLargeBody ? largeBodies.read({ tenant, bytes, request, response }, read) : read())) ?? {};
  }

  function send(ctx: Koa.Context, endpoint: Endpoint, result: unknown): void {
    const isReply = result instanceof Reply;
    const status = isReply ? result.status : endpoint.status;
    const data = isReply ? result.body : result;
    if (isReply) setHeaders(ctx, result.headers);
    ctx.status = status;
    if (status === 204 || status === 304) return;
    if (data instanceof Buffer || data instanceof Readable || (isReply && typeof data === 'string')) {
      ctx.body = data;
      return;
    }
    if (options.checkResponses)
      checkResponse(endpoint, status, endpoint.dialect.dataOf ? endpoint.dialect.dataOf(data) : data);
    const wrapped = endpoint.dialect.success ? endpoint.dialect.success(data ?? null, status) : data;
    sendJson(ctx, 'application/json; charset=utf-8', wrapped ?? null);
    if (endpoint.route.isCompressed) compress(ctx);
  }
}

/** A cookie is added to those that the answer sets already. */
function setHeaders(ctx: Koa.Context, { 'set-cookie': cookie, ...headers }: Record<string, string>): void {
  ctx.set(headers);
  if (cookie !== undefined) ctx.append('set-cookie', cookie);
}

function validate(check: Check | null, value: unknown, dialect: Dialect): void {
  const issues = check?.(value);
  if (!issues) return;
  const first = issues[0];
  const message = first ? `${first.path.slice(1).join('.') || first.path[0]}: ${first.message}` : undefined;
  const error = coreErrors.validation_error({ issues, ...(message && { message }) });
  throw dialect.validationStatus === error.status
    ? error
    : new AppError(error.code, error.message, { status: dialect.validationStatus, issues });
}

/** A cookie that came along by itself makes nobody of a stranger. */
function isForeignPage({ code }: AppError): boolean {
  return code === 'foreign_page' || code === 'csrf_token_required';
}

/** One value for each name; a name given twice keeps the last, as most clients mean it. */
function queryOf(ctx: Koa.Context): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(ctx.search)) query[name] = value;
  return query;
}

function endpointOf(route: BoundRoute, { dialects }: PipelineOptions): Endpoint {
  const dialect = dialectOf(route, dialects);
  const responses = new Map<number, Check>();
  for (const [code, schema] of Object.entries(route.responses)) {
    if (schema) responses.set(Number(code), compileCheck(schema, 'response'));
  }
  return {
    route,
    dialect,
    status: firstStatus(route),
    headers: route.headers ? headersOf(route.headers, `${route.method} ${route.path}`) : null,
    checkParams: route.params ? compileCheck(route.params, 'path', { coerce: true }) : null,
    checkQuery: route.query ? compileCheck(route.query, 'query', { coerce: true }) : null,
    checkBody: route.body ? compileCheck(closed(route.body), 'body') : null,
    responses,
  };
}

function checkResponse(endpoint: Endpoint, status: number, data: unknown): void {
  const check = endpoint.responses.get(status);
  const issues = check?.(data === undefined ? null : JSON.parse(JSON.stringify(data)));
  if (issues) throw new Error(`The answer breaks its schema: ${JSON.stringify(issues)}`);
}

function errorChecksOf(endpoints: readonly Endpoint[]): Map<Dialect, Check> {
  const used = new Set([platformDialect, ...endpoints.map(({ dialect }) => dialect)]);
  return new Map([...used].map((dialect) => [dialect, compileCheck(dialect.errorSchema, 'error')]));
}

function methodNotAllowed(allowed: readonly string[]): AppError {
  const methods = new Set(allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed);
  return coreErrors.method_not_allowed({ headers: { allow: [...methods].sort().join(', ') } });
}

function requestIdOf(ctx: Koa.Context): string {
  const given = ctx.get('x-request-id');
  return REQUEST_ID.test(given) ? given : randomUUID();
}

/** What every answer begins with; routes and folders declare where they differ. */
function setSecurityHeaders(ctx: Koa.Context, requestId: string, https: boolean): void {
  const { res } = ctx;
  res.setHeader('x-request-id', requestId);
  res.setHeader('x-content-type-options', 'nosniff');
  applyHeaders(res, STRICT);
  if (https) res.setHeader('strict-transport-security', 'max-age=31536000');
}

interface Failure {
  dialect: Dialect;
  error: unknown;
  requestId: string;
  log: Logger;
  /** Of the body, in tests. */
  check: Check | undefined;
}

/** Answers with the error; gives it as it was answered. */
function fail(ctx: Koa.Context, { dialect, error: thrown, requestId, log, check }: Failure): AppError {
  const error = isAppError(thrown) ? thrown : knownFailure(thrown);
  // What is refused on purpose (too much at once) is no fault: a flood must not fill the log with stacks.
  if (error.status >= 500 && isAppError(thrown) && thrown.cause === undefined) {
    log.warn({ code: error.code, requestId, method: ctx.method, path: ctx.path }, error.message);
  } else if (error.status >= 500) {
    log.error({ err: error.cause ?? thrown, requestId, method: ctx.method, path: ctx.path }, 'Request failed');
  }
  if (ctx.res.headersSent) {
    ctx.res.destroy();
    return error;
  }
  const request = { method: ctx.method, path: ctx.path, requestId };
  const failure = dialect.failure(error, request);
  applyHeaders(ctx.res, STRICT);
  ctx.set(error.headers);
  ctx.status = failure.status ?? error.status;
  const issues = check?.(JSON.parse(JSON.stringify(failure.body)));
  if (issues) throw new Error(`The error breaks the schema of its dialect: ${JSON.stringify(issues)}`);
  sendJson(ctx, failure.contentType ?? 'application/json; charset=utf-8', failure.body);
  return error;
}

/** A full disk is not a bug: it has its own answer. Everything else unknown is a 500 without its details. */
function knownFailure(thrown: unknown): AppError {
  const code = codeOf(thrown);
  if (isOutOfSpace(thrown)) return coreErrors.storage_full({ cause: thrown });
  // PostgreSQL stores no NUL: a text that holds one is the caller's mistake.
  if (code === '22021' || code === '22P05') return coreErrors.bad_request({ message: 'A text holds a NUL character' });
  if (isUnavailable(thrown)) {
    const message = 'The database cannot be reached at the moment; try again in a few seconds';
    return coreErrors.unavailable({ message, headers: { 'retry-after': '5' }, cause: thrown });
  }
  return coreErrors.internal_error({ cause: thrown });
}

function isLarge(body: unknown): boolean {
  if (body instanceof Readable) return true;
  return (typeof body === 'string' || body instanceof Buffer) && body.length > LARGE_BYTES;
}

function sendJson(ctx: Koa.Context, contentType: string, value: unknown): void {
  const text = JSON.stringify(value);
  ctx.res.setHeader('content-type', contentType);
  ctx.body = text;
}

function requestMetrics(metrics: Metrics, activity: Activity) {
  const seconds = metrics.histogram('patchbay_http_request_seconds', 'Time of requests by route', [
    'method',
    'route',
    'status',
  ]);
  return (route: Route | undefined, method: string, status: number, startedAt: number): void => {
    const labels = { method: route ? method : 'other', route: route?.path ?? 'none', status: String(status) };
    seconds.observe(labels, (performance.now() - startedAt) / 1000);
    activity.note({ name: REQUESTS, tenantId: null });
  };
}
