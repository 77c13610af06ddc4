/** A part of the OpenAPI document: the operations of a path that it has, and of those below, with all that they refer to. */
import { getOwn } from '../own-property.ts';
import type { OpenApiDocument } from './document.ts';
import { isJson } from './json.ts';

export function partOf(document: OpenApiDocument, path: string): OpenApiDocument {
  const isThere = Object.hasOwn(document.paths, path);
  const paths = Object.fromEntries(
    Object.entries(document.paths).filter(([one]) => isThere && (one === path || one.startsWith(`${path}/`))),
  );
  const components: OpenApiDocument['components'] = {};
  const open: unknown[] = [paths];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) open.push(...value);
    if (!isJson(value)) continue;
    open.push(...Object.values(value));
    const [, kind = '', name = ''] = /^#\/components\/([^/]+)\/([^/]+)$/.exec(String(value.$ref)) ?? [];
    const part = getOwn(getOwn(document.components, kind), name);
    const known = getOwn(components, kind);
    if (part === undefined || getOwn(known, name) !== undefined) continue;
    components[kind] = { ...known, [name]: part };
    open.push(part);
  }
  return {
    ...document,
    tags: [],
    paths,
    components: { ...components, securitySchemes: document.components.securitySchemes ?? {} },
  };
}
