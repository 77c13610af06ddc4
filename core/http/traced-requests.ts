/** Spans of requests, by the route and never by the address: that may have ids, words and secrets in it. */
import type Koa from 'koa';
import type { Tracing } from '../observability/tracing.ts';

type Handle = (ctx: Koa.Context) => Promise<void>;

export function tracedRequests(
  tracing: Tracing,
  handle: Handle,
  routeOf: (ctx: Koa.Context) => string | undefined,
): Handle {
  if (!tracing.isOn) return handle;
  return (ctx) => {
    const route = routeOf(ctx);
    const { method } = ctx;
    const attributes = { 'http.request.method': method, ...(route !== undefined && { 'http.route': route }) };
    const parent = ctx.get('traceparent') || null;
    const name = route === undefined ? method : `${method} ${route}`;
    return tracing.span(name, { kind: 'server', parent, attributes }, async (span) => {
      await handle(ctx);
      span.set({ 'http.response.status_code': ctx.status });
      if (ctx.status >= 500) span.fail(`${ctx.status}`);
    });
  };
}
