/**
 * What operations are called in generated clients: a verb of the method and what the path is about.
 *
 *     GET    /api/platform/licensing/licences             listLicences (getX where the answer is no list)
 *     GET    /api/platform/licensing/licences/{id}        getLicence
 *     POST   /api/platform/licensing/products             createProduct
 *     PATCH  /api/platform/licensing/products/{id}        changeProduct
 *     POST   /api/platform/licensing/licences/{id}/renew  renewLicence
 *
 * A name is made of its own route alone, so it stays when others come. A route may say its own (`operationId`); where two
 * would be called the same, that below `/api/platform` is, and the other one is called by its whole path.
 */
import type { Route } from '../http/route.ts';
import { camel, isJson, pascal } from './json.ts';

export type Named = Pick<Route, 'method' | 'path' | 'responses' | 'operationId'> & { tag?: string };

const VERBS = { GET: 'get', POST: 'post', PUT: 'set', PATCH: 'change', DELETE: 'delete' } as const;

/** A name for each route, unique among them. */
export function operationIds<R extends Named>(routes: readonly R[]): Map<R, string> {
  const names = new Map<R, string>();
  const taken = new Set<string>();
  for (const route of routes) take(route, route.operationId);
  for (const route of routes) if (isOwn(route) && !names.has(route)) take(route, nameOf(route));
  for (const route of routes) if (!isOwn(route) && !names.has(route)) take(route, nameOf(route));
  for (const route of routes) {
    let name = wholePath(route);
    while (!names.has(route)) {
      take(route, name);
      name += '_';
    }
  }
  return names;

  function take(route: R, name: string | undefined): void {
    if (name === undefined || taken.has(name)) return;
    taken.add(name);
    names.set(route, name);
  }
}

function nameOf(route: Named): string {
  const segments = segmentsOf(route);
  const literals = segments.filter((segment) => !isParameter(segment));
  const last = segments.at(-1) ?? '';
  const endsWithParameter = isParameter(last);
  const before = literals.slice(0, -1).map(singular);
  const final = literals.at(-1) ?? 'root';

  if (route.method === 'POST' && !endsWithParameter && singular(final) === final) {
    // `/licences/{id}/renew`: a verb of its own; without a parameter before it, of all: `/workflows/import`.
    if (isParameter(segments.at(-2) ?? '')) return camel(final) + before.map(pascal).join('');
    // `/api/v2/auth/login` logs in; `/api/platform/workflows/import` imports workflows.
    const about = literals.slice(0, -1).filter((word) => word !== 'admin' && (word !== route.tag || isOwn(route)));
    return camel(final) + [...about.slice(0, -1).map(singular), ...about.slice(-1)].map(pascal).join('');
  }
  const isOne = endsWithParameter || route.method === 'POST';
  const nouns = [...before, isOne ? singular(final) : final];
  return verbOf(route, endsWithParameter) + nouns.map(pascal).join('');
}

function isOwn({ path }: Named): boolean {
  return path.startsWith('/api/platform/');
}

function verbOf(route: Named, endsWithParameter: boolean): string {
  if (route.method === 'POST' && !endsWithParameter) return 'create';
  if (route.method === 'GET' && !endsWithParameter && answersWithList(route)) return 'list';
  return VERBS[route.method];
}

/** Without what every path of an API begins with: its prefix, and below `/api/platform` the plugin. */
function segmentsOf({ path, tag }: Named): string[] {
  const [, prefix = ''] = /^(\/api\/platform|\/api\/v\d+|\/api)(?=\/)/.exec(path) ?? [];
  const segments = path.slice(prefix.length).split('/').filter(Boolean);
  const [first, second = '{', third] = segments;
  if (prefix !== '/api/platform' || first !== tag || isParameter(second)) return segments;
  // `/workflows/export`: that alone would say nothing.
  return third === undefined && singular(second) === second ? segments : segments.slice(1);
}

function answersWithList({ responses }: Named): boolean {
  const [first] = Object.values(responses);
  if (!isJson(first)) return false;
  const shapes = Array.isArray(first.anyOf) ? first.anyOf : [first];
  return shapes.some((shape: unknown) => {
    if (!isJson(shape)) return false;
    const items = isJson(shape.properties) ? shape.properties.items : undefined;
    return shape.type === 'array' || (isJson(items) && items.type === 'array');
  });
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function singular(word: string): string {
  if (/ies$/.test(word)) return word.replace(/ies$/, 'y');
  if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
}

function wholePath({ method, path }: Named): string {
  return method.toLowerCase() + pascal(path);
}
