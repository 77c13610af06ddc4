/**
 * Finds the route of a request in one tree of paths (`find-my-way`). A path without parameters is taken to the letter; with
 * parameters capital letters and a slash at the end make no difference. What a proxy closes by its path has no other spelling.
 */
import findMyWay from 'find-my-way';
import { ConfigError } from '../errors.ts';
import type { Method, Route } from './route.ts';

export interface Match<T> {
  found: T;
  params: Record<string, string>;
}

/** `allowed` names the methods of the path when only the method was wrong; both null when the path is unknown. */
export interface Lookup<T> {
  match: Match<T> | null;
  allowed: readonly Method[];
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly Method[];
/** Of a parameter; Node refuses addresses that are longer. */
const LONGEST = 64 * 1024;
const NO_PARAMS = Object.freeze({});
const handler = () => {};

export function createRouter<T extends { route: Pick<Route, 'method' | 'path'> }>(entries: readonly T[]) {
  /** Most paths have no parameters: what is asked of them to the letter is found at once, without a walk through the tree. */
  const plain = new Map<string, Map<string, Lookup<T>>>(METHODS.map((method) => [method, new Map()]));
  const tree = findMyWay({ caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: LONGEST });
  for (const entry of entries) add(entry);

  return { find };

  /** Throws a ConfigError for a path that stands there already, whatever its parameters are called. */
  function add(entry: T): void {
    const { method, path } = entry.route;
    const pattern = path.replace(/\{(\w+)\}/g, ':$1');
    if (tree.findRoute(method, pattern)) throw new ConfigError(`Two routes are declared for ${method} ${path}`);
    tree.on(method, pattern, handler, entry);
    if (pattern === path) plain.get(method)?.set(path, { match: { found: entry, params: NO_PARAMS }, allowed: [] });
  }

  function find(method: string, path: string): Lookup<T> {
    const asked = method === 'HEAD' ? 'GET' : method;
    const known = plain.get(asked)?.get(path);
    if (known) return known;
    const match = matchOf(asked, path);
    return match ? { match, allowed: [] } : { match, allowed: METHODS.filter((other) => matchOf(other, path)) };
  }

  function matchOf(method: string, path: string): Match<T> | null {
    // A parameter is never empty, and the root is not `//`.
    const found = path.includes('//') ? null : tree.find(method as Method, path);
    if (!found) return null;
    const entry = found.store as T;
    if (!isWritten(entry.route.path, path)) return null;
    const params = found.params as Record<string, string>;
    // No id holds a NUL, of which PostgreSQL takes none.
    if (Object.values(params).some((value) => value.includes('\0'))) return null;
    return { found: entry, params };
  }
}

/** The tree also finds what is written otherwise: `/HEALTH`, and `/%68ealth`, since it decodes the whole path. */
function isWritten(pattern: string, path: string): boolean {
  if (!pattern.includes('{')) return path === pattern;
  if (!path.includes('%')) return true;
  const given = path.split('/');
  return pattern.split('/').every((step, place) => step.includes('{') || !given[place]?.includes('%'));
}
