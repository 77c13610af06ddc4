/**
 * Schemas with a name: `#/components/schemas/…`. A schema has a name when a plugin gives it one (`schemas`), or by a
 * `title` that can be one (`Licence`); what is used more than once without a name gets that of its first use.
 * Schemas are the same when they say the same, wherever they were written.
 */
import { canonical, isJson, type Json, pascal } from './json.ts';

const NAME = /^[A-Z][A-Za-z0-9]*$/;
/** A schema of one property says no more than a reference to it would. */
const FEWEST_PROPERTIES = 2;
const REFERENCE = '#/components/schemas/';

export interface Use {
  schema: Json;
  /** `CreateProductBody`: what the schema would be called after this use of it. */
  name: string;
  replace(schema: Json): void;
}

/** Puts references where schemas have names. Gives the schemas by name. */
export function nameSchemas(uses: readonly Use[], given: Readonly<Record<string, Json>>): Record<string, Json> {
  const names = givenNames(given);
  const taken = new Set(names.values());
  const found = new Map<string, string[]>();
  for (const use of [...uses].sort((a, b) => (a.name < b.name ? -1 : 1))) gather(use.schema, use.name);
  for (const [text, [first, second]] of found) {
    if (names.has(text) || first === undefined || second === undefined || taken.has(first)) continue;
    names.set(text, first);
    taken.add(first);
  }
  const components: Record<string, Json> = {};
  for (const use of uses) use.replace(named(use.schema));
  return Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1)));

  function gather(schema: Json, name: string): void {
    const text = canonical(schema);
    const { title } = schema;
    if (typeof title === 'string' && NAME.test(title) && !names.has(text) && !taken.has(title)) {
      names.set(text, title);
      taken.add(title);
    }
    if (isJson(schema.properties) && Object.keys(schema.properties).length >= FEWEST_PROPERTIES) {
      found.set(text, [...(found.get(text) ?? []), name]);
    }
    for (const [part, below] of partsOf(schema)) gather(below, name + pascal(part));
  }

  function named(schema: Json): Json {
    const name = names.get(canonical(schema));
    if (name === undefined) return mapParts(schema, named);
    components[name] ??= mapParts(schema, named);
    return { $ref: REFERENCE + name };
  }
}

/** Also as the body of a request, which refuses what it does not know. */
function givenNames(given: Readonly<Record<string, Json>>): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, schema] of Object.entries(given)) names.set(canonical(schema), name);
  for (const [name, schema] of Object.entries(given)) {
    const closed = canonical({ ...schema, additionalProperties: false });
    if (schema.type === 'object' && !names.has(closed)) names.set(closed, `${name}Body`);
  }
  return names;
}

const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;
const MAPS = ['properties', 'patternProperties'] as const;
const SINGLE = ['items', 'additionalProperties', 'not'] as const;

function partsOf(schema: Json): [part: string, schema: Json][] {
  const parts: [string, Json][] = [];
  mapParts(schema, (below, part) => {
    parts.push([part, below]);
    return below;
  });
  return parts;
}

/** The schema with another one in the place of each schema directly in it. */
export function mapParts(schema: Json, change: (below: Json, part: string) => Json): Json {
  const changed: Json = { ...schema };
  for (const key of MAPS) {
    const map = schema[key];
    if (isJson(map)) {
      const entries = Object.entries(map).map(([part, below]) => [part, isJson(below) ? change(below, part) : below]);
      changed[key] = Object.fromEntries(entries);
    }
  }
  for (const key of SINGLE) {
    const below = schema[key];
    if (isJson(below)) changed[key] = change(below, key === 'items' ? 'Item' : 'Value');
  }
  for (const key of LISTS) {
    const list = schema[key];
    if (Array.isArray(list)) changed[key] = list.map((below: unknown) => (isJson(below) ? change(below, '') : below));
  }
  return changed;
}
