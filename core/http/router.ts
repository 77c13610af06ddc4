/**
 * Finds the route of a request. Paths without parameters are one Map look-up; the others are matched by
 * @koa/router, which tries its patterns one after another: so there is one router for each beginning of a path.
 */
import Router from '@koa/router';
import { ConfigError } from '../errors.ts';
import type { Method, Route } from './route.ts';

export interface Match<T> {
  found: T;
  params: Record<string, string>;
}

/** `allowed` names the methods of the path when only the method was wrong; both null when the path is unknown. */
export interface Lookup<T> {
  match: Match<T> | null;
  allowed: Method[];
}

const NO_PARAMS: Record<string, string> = Object.freeze({});

export function createRouter<T extends { route: Pick<Route, 'method' | 'path'> }>(entries: readonly T[]) {
  const fixed = new Map<string, Map<string, T>>();
  const patterns = new Map<string, Router>();
  const byName = new Map<string, T>();

  for (const entry of entries) {
    const { method, path } = entry.route;
    if (path.includes('{')) {
      const name = `${method} ${path}`;
      if (byName.has(name)) throw new ConfigError(`Two routes are declared for ${name}`);
      byName.set(name, entry);
      const [start = ''] = startsOf(path.slice(0, path.indexOf('{')));
      const router = patterns.get(start) ?? new Router();
      patterns.set(start, router);
      router.register(path.replace(/\{(\w+)\}/g, ':$1'), [method], () => {}, { name });
    } else {
      const methods = fixed.get(path) ?? new Map<string, T>();
      if (methods.has(method)) throw new ConfigError(`Two routes are declared for ${method} ${path}`);
      fixed.set(path, methods.set(method, entry));
    }
  }

  return { find };

  function find(method: string, path: string): Lookup<T> {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const methods = fixed.get(path);
    const direct = methods?.get(wanted);
    if (direct) return { match: { found: direct, params: NO_PARAMS }, allowed: [] };

    const allowed = new Set<string>(methods?.keys());
    for (const start of startsOf(path)) {
      const matched = patterns.get(start)?.match(path, wanted);
      const layer = matched?.pathAndMethod[0];
      const found = layer?.name ? byName.get(layer.name) : undefined;
      if (layer && found) {
        const params = paramsOf(layer, path);
        // No id holds a NUL, and PostgreSQL takes none.
        if (Object.values(params).some((value) => value.includes('\0'))) return { match: null, allowed: [] };
        return { match: { found, params }, allowed: [] };
      }
      for (const other of matched?.path ?? []) for (const one of other.methods) allowed.add(one);
    }
    return { match: null, allowed: [...allowed] as Method[] };
  }
}

/** `/a/b/c` begins with `/a/b`, with `/a`, and with nothing. Patterns do not tell capital letters apart. */
function startsOf(given: string): string[] {
  const path = given.toLowerCase();
  const first = path.indexOf('/', 1);
  if (first < 0) return [''];
  const second = path.indexOf('/', first + 1);
  return second < 0 ? [path.slice(0, first), ''] : [path.slice(0, second), path.slice(0, first), ''];
}

type Layer = ReturnType<Router['match']>['path'][number];

/** Parameters that are not valid percent-encoding stay as they are: their schema refuses them. */
function paramsOf(layer: Layer, path: string): Record<string, string> {
  return layer.params(path, layer.captures(path), {});
}
