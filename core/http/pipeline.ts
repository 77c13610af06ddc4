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
import { credentialsOf } from './authentication.ts';
import { readJson } from './body.ts';
import { type Dialect, type Dialects, dialectOf, platformDialect } from './dialect.ts';
import { applyHeaders, type HeaderList, headersOf, STRICT } from './header-policy.ts';
import { createLargeBodies, sizeOf } from './large-bodies.ts';
import { queryOf } from './query.ts';
import { sendJson } from './quick-answers.ts';
import { HANDLED, Reply } from './reply.ts';
import { knownCallerOf, rememberCaller } from './request-principal.ts';
import { type BoundRoute, firstStatus, type Route } from './route.ts';
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

/** A request whose route is found. */
interface Asked {
  ctx: Koa.Context;
  path: string;
  endpoint: Endpoint;
  params: Record<string, string>;
  requestId: string;
  ip: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const NOTHING = Object.freeze({});
/** Smaller answers fit into the buffers of the system. */
const LARGE_BYTES = 64 * 1024;
const REQUEST_ID = /^[\w.:-]{8,100}$/;

export function createPipeline(options: PipelineOptions) {
  const { services, dialects, clientIp } = options;
  const serveStatic = createStaticFolders(options.staticFolders);
  const { activity, authentication, connections, rateLimits, requestFailures, metrics, log } = services;
  const unreadMs = services.coreConfig.http.unreadSeconds * 1000;
  const endpoints = options.routes.map((route) => endpointOf(route, options));
  const router = createRouter(endpoints);
  const largeBodies = createLargeBodies(services.clock);
  const observe = requestMetrics(metrics, activity);
  const errorChecks = options.checkResponses ? errorChecksOf(endpoints) : null;

  return tracedRequests(services.tracing, handle, (ctx) => router.find(ctx.method, ctx.path).match?.found.route.path);

  async function handle(ctx: Koa.Context): Promise<void> {
    const startedAt = performance.now();
    const { method, path } = ctx;
    const requestId = requestIdOf(ctx);
    setSecurityHeaders(ctx, requestId, options.https);
    let endpoint: Endpoint | undefined;
    try {
      const lookup = router.find(method, path);
      endpoint = lookup.match?.found;
      const isUnknown = !endpoint && lookup.allowed.length === 0;
      if (!endpoint && (await serveStatic(ctx))) return;
      if (options.shell && (endpoint || isUnknown) && isForShell(endpoint?.route, path) && isOpenedByPerson(ctx)) {
        sendShell(ctx, options.shell);
        return observe(endpoint?.route, method, ctx.status, startedAt);
      }
      if (!lookup.match || !endpoint) {
        throw lookup.allowed.length > 0 ? methodNotAllowed(lookup.allowed) : coreErrors.not_found();
      }
      const given = answer({ ctx, path, endpoint, params: lookup.match.params, requestId, ip: clientIp(ctx.req) });
      const result = isPromise(given) ? await given : given;
      if (result !== HANDLED) send(ctx, endpoint, result);
    } catch (error) {
      const dialect = endpoint?.dialect ?? dialects.ofPath(path);
      const known = fail(ctx, { dialect, error, requestId, log, check: errorChecks?.get(dialect) });
      const principal = knownCallerOf(ctx)?.principal ?? null;
      requestFailures.publish({
        dialect: dialect.name,
        method,
        path,
        error: known,
        requestId,
        principal,
        ip: clientIp(ctx.req),
      });
    }
    observe(endpoint?.route, method, ctx.res.statusCode, startedAt);
    if (log.isLevelEnabled('debug')) log.debug({ requestId, method, path, status: ctx.res.statusCode }, 'request');
  }

  /** What the handler gives, or what is wrong; at once where nothing has to be waited for. */
  function answer(asked: Asked): unknown {
    const principal = authenticate(asked, false);
    return principal instanceof Promise
      ? principal.then((found) => admitted(asked, found))
      : admitted(asked, principal);
  }

  function admitted(asked: Asked, principal: Principal | null): unknown {
    const { ctx, endpoint, ip } = asked;
    const { route } = endpoint;
    rememberCaller(ctx, { connections, unreadMs, principal, ip, again: async () => authenticate(asked, true) });
    checkAccess(route.access, principal);
    if (principal) authentication.hasArrived(ip, ctx.req.headers);
    const admission = principal && rateLimits.admit(principal, route);
    if (admission || route.rateLimit || endpoint.checkBody) return prepared(asked, principal, admission);
    return handled(asked, principal, checked(asked), undefined);
  }

  /** Of requests that have to wait for limits, or for their body. */
  async function prepared(asked: Asked, principal: Principal | null, admission: Promise<void> | null) {
    const { ctx, endpoint, ip } = asked;
    const { route, dialect } = endpoint;
    if (admission) await admission;
    if (route.rateLimit) {
      const key = route.rateLimit.by === 'principal' && principal ? principal.id : ip;
      await rateLimits.consume(route.rateLimit, key);
    }
    const query = checked(asked);
    const body = endpoint.checkBody ? await bodyOf(ctx, route, principal?.tenantId ?? principal?.id ?? ip) : undefined;
    validate(endpoint.checkBody, body, dialect);
    return handled(asked, principal, query, body);
  }

  /** The query, when it and the parameters are right, and the body is of a type that is taken. */
  function checked({ ctx, endpoint, params }: Asked): unknown {
    const { route, dialect, checkParams, checkQuery } = endpoint;
    validate(checkParams, params, dialect);
    const query = checkQuery ? queryOf(ctx.search) : NOTHING;
    validate(checkQuery, query, dialect);
    if (route.rawBody) checkType(ctx, route.rawBody);
    return query;
  }

  function handled(asked: Asked, principal: Principal | null, query: unknown, body: unknown): unknown {
    const { ctx, endpoint, params, requestId, ip } = asked;
    if (endpoint.headers) applyHeaders(ctx.res, endpoint.headers);
    const userAgent = ctx.req.headers['user-agent'] ?? '';
    return endpoint.route.handler({ params, query, body, principal, ip, requestId, userAgent, log, ctx });
  }

  function authenticate(
    { ctx, path, endpoint: { route }, ip }: Asked,
    isRecheck: boolean,
  ): Principal | null | Promise<Principal | null> {
    if (route.access === 'public') return null;
    const credentials = credentialsOf(ctx.req, path, ctx.search, {
      ip,
      isRecheck,
      intent: route.method === 'GET' && !route.changes ? 'read' : 'write',
      setCookie: (value) => ctx.append('set-cookie', value),
    });
    const asked = authentication.ask(credentials);
    return route.access === 'optional' && asked instanceof Promise ? asked.catch(nobody) : asked;
  }

  async function bodyOf(ctx: Koa.Context, route: BoundRoute, tenant: string): Promise<unknown> {
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
    if (ctx.res.hasHeader('set-cookie')) ctx.set('cache-control', 'no-store');
    if (status === 204 || status === 304) {
      ctx.status = status;
      return;
    }
    if (data instanceof Buffer || data instanceof Readable || (isReply && typeof data === 'string')) {
      ctx.status = status;
      ctx.body = data;
      if (isLarge(data)) disconnectUnread(ctx.res, unreadMs);
      return;
    }
    if (options.checkResponses)
      checkResponse(endpoint, status, endpoint.dialect.dataOf ? endpoint.dialect.dataOf(data) : data);
    const wrapped = endpoint.dialect.success ? endpoint.dialect.success(data ?? null, status) : data;
    const text = JSON.stringify(wrapped ?? null);
    if (isLarge(text)) disconnectUnread(ctx.res, unreadMs);
    sendJson(ctx, { status, type: JSON_TYPE, text, isCompressed: endpoint.route.isCompressed });
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

/** Also what a database gives, which is no promise until it is waited for. */
function isPromise(given: unknown): given is PromiseLike<unknown> {
  return typeof (given as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** Credentials that nobody accepts are none, where strangers may ask as well. */
function nobody(error: unknown): null {
  if (isAppError(error) && (error.status === 401 || isForeignPage(error))) return null;
  throw error;
}

function checkType(ctx: Koa.Context, taken: readonly string[]): void {
  const type = ((ctx.req.headers['content-type'] ?? '').split(';')[0] ?? '').trim().toLowerCase();
  if (taken.includes(type)) return;
  throw coreErrors.unsupported_media_type({ message: `Send the body as ${taken.filter(Boolean).join(' or ')}` });
}

/** A cookie that came along by itself makes nobody of a stranger. */
function isForeignPage({ code }: AppError): boolean {
  return code === 'foreign_page' || code === 'csrf_token_required';
}

function endpointOf(route: BoundRoute, { dialects, checkResponses }: PipelineOptions): Endpoint {
  const dialect = dialectOf(route, dialects);
  const { body } = route;
  const responses = new Map<number, Check>();
  for (const [code, schema] of checkResponses ? Object.entries(route.responses) : []) {
    if (schema) responses.set(Number(code), compileCheck(schema, 'response'));
  }
  return {
    route,
    dialect,
    status: firstStatus(route),
    headers: route.headers ? headersOf(route.headers, `${route.method} ${route.path}`) : null,
    checkParams: route.params ? compileCheck(route.params, 'path', { coerce: true }) : null,
    checkQuery: route.query ? compileCheck(route.query, 'query', { coerce: true }) : null,
    checkBody: body ? compileCheck(() => closed(body), 'body') : null,
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
  const given = ctx.req.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
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
  const issues = check?.(JSON.parse(JSON.stringify(failure.body)));
  if (issues) throw new Error(`The error breaks the schema of its dialect: ${JSON.stringify(issues)}`);
  const status = failure.status ?? error.status;
  sendJson(ctx, { status, type: failure.contentType ?? JSON_TYPE, text: JSON.stringify(failure.body) });
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
