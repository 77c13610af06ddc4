/** Parameters of operations. One that several share is a component: its schema carries the name as `title`. */
import type { TObject } from 'typebox';
import type { Route } from '../http/route.ts';
import { getOwn } from '../own-property.ts';
import { isJson, type Json } from './json.ts';
import { requestSchema } from './schemas.ts';

const NAME = /^[A-Z][A-Za-z0-9]*$/;

/** What the documented APIs call the same everywhere. */
const COMMON: Readonly<Record<string, string>> = {
  from: 'From this time on',
  limit: 'At most so many',
  offset: 'So many are left out',
  page: 'Number of the page',
  q: 'Words that are looked for',
  search: 'Words that are looked for',
  size: 'Rows on a page',
  sort: 'What they are ordered by',
  to: 'Until this time',
};

export function parametersOf(route: Route): Json[] {
  return [
    ...inPlace(route.params, 'path', (name) => ofWhat(route.path, name)),
    ...inPlace(route.query, 'query', (name) => getOwn(COMMON, name) ?? `The \`${name}\` that is asked for`),
    ...Object.entries(route.requestHeaders ?? {}).map(([name, description]) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
    })),
  ];
}

/** Puts references where parameters have names. Gives those by name. */
export function nameParameters(operations: readonly { parameters: Json[] }[]): Record<string, Json> {
  const components: Record<string, Json> = {};
  for (const operation of operations) {
    operation.parameters = operation.parameters.map((parameter) => {
      const { title, ...schema } = isJson(parameter.schema) ? parameter.schema : {};
      if (typeof title !== 'string' || !NAME.test(title)) return parameter;
      components[title] ??= { ...parameter, schema };
      return { $ref: `#/components/parameters/${title}` };
    });
  }
  return components;
}

function inPlace(given: TObject | undefined, place: string, fallback: (name: string) => string | undefined): Json[] {
  if (!given) return [];
  const { properties, required } = requestSchema(given);
  const needed: unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(isJson(properties) ? properties : {}).map(([name, property]) => {
    const { description = fallback(name), ...schema } = isJson(property) ? property : {};
    return {
      name,
      in: place,
      required: place === 'path' || needed.includes(name),
      ...(description !== undefined && { description }),
      schema,
    };
  });
}

/** `/licences/{id}/renew`: the `id` is that of one of the licences. */
function ofWhat(path: string, name: string): string | undefined {
  const segments = path.split('/').filter(Boolean);
  const place = segments.indexOf(`{${name}}`);
  const literal = segments.slice(0, place).findLast((segment) => !segment.startsWith('{'));
  return literal && `\`${name}\` of one of the ${literal.replaceAll('-', ' ')}`;
}
