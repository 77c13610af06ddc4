/** A first input that fits a JSON Schema, to be changed by whoever tries a function: what is required, and defaults. */
import { isRecord } from 'patchbay-platform/ui';

export function exampleInput(schema: unknown): unknown {
  if (!isRecord(schema)) return null;
  if ('default' in schema) return schema.default;
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if ('const' in schema) return schema.const;
  const first = [schema.anyOf, schema.oneOf].find(Array.isArray)?.[0];
  if (first !== undefined) return exampleInput(first);
  if (schema.type === 'object') return exampleObject(schema);
  if (schema.type === 'array') return [];
  if (schema.type === 'boolean') return false;
  if (schema.type === 'number' || schema.type === 'integer') return schema.minimum ?? 0;
  return schema.type === 'string' ? '' : null;
}

function exampleObject({ properties, required }: Record<string, unknown>): Record<string, unknown> {
  const needed = new Set(Array.isArray(required) ? required : []);
  const own = Object.entries(isRecord(properties) ? properties : {}).filter(([name]) => needed.has(name));
  return Object.fromEntries(own.map(([name, one]) => [name, exampleInput(one)]));
}
