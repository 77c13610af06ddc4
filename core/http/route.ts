/** A route as data: its schemas check the request, type the handler and make the OpenAPI document. */
import type Koa from 'koa';
import type { Static, TObject, TSchema } from 'typebox';
import type { Access } from '../access/access.ts';
import type { Principal, TenantPrincipal } from '../access/principal.ts';
import type { Logger } from '../observability/log.ts';
import type { Services } from '../services.ts';
import type { HeaderPolicy } from './header-policy.ts';
import type { RateLimit } from './rate-limits.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler gets. `principal` is null only on `public` and `optional` routes. */
export interface RouteRequest<A extends Access, P, Q, B> {
  params: P;
  query: Q;
  body: B;
  principal: PrincipalOf<A>;
  ip: string;
  requestId: string;
  userAgent: string;
  log: Logger;
  /** Koa's context, for the rare handler that streams, sets a cookie or reads a raw body. */
  ctx: Koa.Context;
}

/** Null on routes that strangers may call; of a tenant where the access says so. */
type PrincipalOf<A extends Access> = A extends 'public' | 'optional'
  ? Principal | null
  : A extends { tenant: true }
    ? TenantPrincipal
    : Principal;

type Infer<S> = S extends TSchema ? Static<S> : undefined;

export interface RouteDefinition<
  A extends Access,
  P extends TObject | undefined,
  Q extends TObject | undefined,
  B extends TSchema | undefined,
> {
  method: Method;
  /** `/api/things/{id}`: a name in braces is a parameter. */
  path: string;
  access: A;
  /** A GET that changes something, as a document wants it: whoever comes with a cookie proves what a POST does. */
  changes?: true;
  summary: string;
  description?: string;
  /** Heading in the documentation; default: the plugin's name. */
  tag?: string;
  /** What generated clients call it; default: made of method and path (`core/openapi/operation-ids.ts`). */
  operationId?: string;
  /** Name of the dialect; default: by the path's prefix. */
  dialect?: string;
  params?: P;
  query?: Q;
  body?: B;
  /** Body as it comes, unparsed: these media types, up to `bodyLimit` bytes; the handler reads `ctx.req`. */
  rawBody?: readonly string[];
  /** Numbers of the body that JavaScript cannot hold, such as 12345678901234567890, reach the handler as texts. */
  exactNumbers?: boolean;
  /** Largest body in bytes; default `http.bodyLimit`. */
  bodyLimit?: number;
  rateLimit?: RateLimit;
  /** Headers that the handler reads, with a sentence each; with `If-Match` it may answer 412 (`IF_MATCH`). */
  requestHeaders?: Readonly<Record<string, string>>;
  /** Media types that the answer may have beside JSON, or without a schema instead of it: `text/csv`. */
  produces?: readonly string[];
  /** A page of its own, for servers without the web UI: where there is one, a person's browser gets that instead. */
  plainPage?: true;
  /** Where browsers may do more with its answers than is usual: framing, policy, caching. Errors stay strict. */
  headers?: HeaderPolicy;
  /** A long answer that holds no secret beside what others may have put there is sent compressed. */
  isCompressed?: true;
  /** Answers by status; the lowest is the one that a plain return value gets. */
  responses: Record<number, TSchema | null>;
  handler(request: RouteRequest<A, Infer<P>, Infer<Q>, Infer<B>>, services: Services): unknown | Promise<unknown>;
}

/** A route with its types worn off: what the server, the documents and the lists work with. */
export interface Route
  extends Omit<RouteDefinition<Access, TObject | undefined, TObject | undefined, TSchema | undefined>, 'handler'> {
  handler(request: RouteRequest<Access, unknown, unknown, unknown>, services: Services): unknown;
}

/** A route that has been given the services of its plugin. */
export interface BoundRoute extends Omit<Route, 'handler'> {
  handler(request: RouteRequest<Access, unknown, unknown, unknown>): unknown;
}

/** The status that a plain return value gets: the lowest that is declared. */
export function firstStatus({ responses }: Pick<Route, 'responses'>): number {
  return Math.min(...Object.keys(responses).map(Number), 599);
}

/** Declares a route. The schemas have been checked before the handler runs, so its types are true. */
export function route<
  const A extends Access,
  P extends TObject | undefined = undefined,
  Q extends TObject | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(definition: RouteDefinition<A, P, Q, B>): Route {
  return definition as unknown as Route;
}
