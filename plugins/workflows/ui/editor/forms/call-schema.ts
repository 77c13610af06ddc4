/** What a call takes, as a JSON Schema whose fields have the names that people know. */
import { isRecord } from 'patchbay-platform/ui';
import type { WorkflowFunction } from '../model/context.ts';
import { callSchema, type FieldTexts } from './task-schemas.ts';

/** For functions whose input nobody has described. */
const ANY = { type: 'object', additionalProperties: { format: 'anything' } };

export function schemaOfCall(call: string, functions: readonly WorkflowFunction[], texts: FieldTexts): unknown {
  const found = functions.find(({ name }) => name === call);
  return found ? titled(found.input, texts) : (callSchema(call, texts) ?? ANY);
}

function titled(schema: unknown, { input }: FieldTexts): unknown {
  if (!isRecord(schema) || !isRecord(schema.properties)) return schema ?? ANY;
  const properties = Object.entries(schema.properties).map(([name, field]) => {
    const title = input(name);
    return [name, title !== undefined && isRecord(field) && field.title === undefined ? { ...field, title } : field];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}
