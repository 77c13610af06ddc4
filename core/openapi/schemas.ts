/** TypeBox schemas as the document shows them: plain JSON, said the way that generators of clients know best. */
import type { TSchema } from 'typebox';
import { mapParts } from './components.ts';
import { isJson, type Json } from './json.ts';

/** Any key: what `Type.Record(Type.String(), …)` makes of it. */
const ANY_KEY = '^.*$';

/** Of what is answered. */
export function answerSchema(schema: TSchema): Json {
  return withPlainMaps(jsonOf(schema));
}

/** Of what is sent: what has a default need not be. */
export function requestSchema(schema: TSchema): Json {
  return withoutDefaults(withPlainMaps(jsonOf(schema)));
}

/** The value as it goes over the wire. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function jsonOf(schema: TSchema): Json {
  const json = plain(schema);
  return isJson(json) ? json : {};
}

function withPlainMaps(schema: Json): Json {
  const changed = mapParts(schema, withPlainMaps);
  const { patternProperties, ...rest } = changed;
  if (!isJson(patternProperties) || !(ANY_KEY in patternProperties)) return changed;
  return { ...rest, additionalProperties: patternProperties[ANY_KEY] };
}

function withoutDefaults(schema: Json): Json {
  const changed = mapParts(schema, withoutDefaults);
  const { properties, required } = changed;
  if (!isJson(properties) || !Array.isArray(required)) return changed;
  const needed = required.filter((name: unknown) => {
    const property = properties[String(name)];
    return !isJson(property) || !('default' in property);
  });
  const { required: _, ...rest } = changed;
  return needed.length > 0 ? { ...rest, required: needed } : rest;
}
