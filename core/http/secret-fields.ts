/** Which fields of requests hold secrets: those that their schemas mark with `writeOnly` (OpenAPI 3.1, JSON Schema §9.4). */
import type { TSchema } from 'typebox';
import type { Route } from './route.ts';

/** The names of all fields marked `writeOnly` in the bodies of these routes, sorted, each once. */
export function secretFieldsOf(routes: readonly Pick<Route, 'body'>[]): string[] {
  return [...new Set(routes.flatMap(({ body }) => (body ? secretNamesIn(body) : [])))].sort();
}

/** Of a schema: the names of all fields that it marks with `writeOnly`. */
export function secretNamesIn(schema: TSchema): string[] {
  return fieldsOf(schema).flatMap(({ name, isSecret }) => (isSecret ? [name] : []));
}

export interface BodyField {
  name: string;
  schema: TSchema;
  isSecret: boolean;
}

/** All fields of a body, those of inner objects, lists and alternatives too. */
export function fieldsOf(schema: TSchema): BodyField[] {
  const { properties = {}, patternProperties = {}, additionalProperties } = schema as BodySchema;
  const { items, anyOf = [], allOf = [], oneOf = [] } = schema as BodySchema;
  const named = [...Object.values(patternProperties), additionalProperties];
  const inner = [...[items, ...named].filter(isSchema), ...anyOf, ...allOf, ...oneOf];
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      { name, schema: field, isSecret: (field as BodySchema).writeOnly === true },
      ...fieldsOf(field),
    ]),
    ...inner.flatMap(fieldsOf),
  ];
}

interface BodySchema {
  properties?: Record<string, TSchema>;
  patternProperties?: Record<string, TSchema>;
  items?: TSchema;
  additionalProperties?: TSchema | boolean;
  anyOf?: TSchema[];
  allOf?: TSchema[];
  oneOf?: TSchema[];
  writeOnly?: boolean;
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null;
}
