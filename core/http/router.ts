/**
 * Finds the route of a request: a path without parameters to the letter, in a map; one with parameters in a tree
 * (`find-my-way`), where capital letters and a slash at the end make no difference. What a proxy closes by its path has no
 * other spelling.
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
const PARAMETER = /\{(\w+)\}/g;
const NO_PARAMS = Object.freeze({});
const handler = () => {};

export function createRouter<T extends { route: Pick<Route, 'method' | 'path'> }>(entries: readonly T[]) {
  const plain = new Map<string, Map<string, Lookup<T>>>(METHODS.map((method) => [method, new Map()]));
  const tree = findMyWay({ caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: LONGEST });
  const declared = new Set<string>();
  for (const entry of entries) add(entry);

  return { find };

  /** Throws a ConfigError for a path that stands there already, whatever its parameters are called. */
  function add(entry: T): void {
    const { method, path } = entry.route;
    const spelled = `${method} ${path.replace(PARAMETER, '{}').toLowerCase()}`;
    if (declared.has(spelled)) throw new ConfigError(`Two routes are declared for ${method} ${path}`);
    declared.add(spelled);
    if (path.includes('{')) tree.on(method, path.replace(PARAMETER, ':$1'), handler, entry);
    else plain.get(method)?.set(path, { match: { found: entry, params: NO_PARAMS }, allowed: [] });
  }

  function find(method: string, path: string): Lookup<T> {
    const asked = method === 'HEAD' ? 'GET' : method;
    const known = plain.get(asked)?.get(path);
    if (known) return known;
    const match = matchOf(asked, path);
    return match ? { match, allowed: [] } : { match, allowed: METHODS.filter((other) => isThere(other, path)) };
  }

  function isThere(method: string, path: string): boolean {
    return plain.get(method)?.has(path) === true || matchOf(method, path) !== null;
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

/** The tree also finds what is written otherwise, `/%61pi/users/7`, since it decodes the whole path. */
function isWritten(pattern: string, path: string): boolean {
  if (!path.includes('%')) return true;
  const given = path.split('/');
  return pattern.split('/').every((step, place) => step.includes('{') || !given[place]?.includes('%'));
}
