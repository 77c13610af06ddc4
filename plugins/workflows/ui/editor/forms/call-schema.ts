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

/** What people write in several lines, though no bound says so; and in one, however long it may be. */
const LONG: ReadonlySet<string> = new Set(['text', 'html', 'prompt', 'instructions']);
const LINE: ReadonlySet<string> = new Set(['subject', 'title']);

function shaped(name: string, field: Record<string, unknown>): Record<string, unknown> {
  if (field.type !== 'string' || field.format !== undefined) return field;
  if (LINE.has(name)) return { ...field, format: 'line' };
  return LONG.has(name) ? { maxLength: 100_000, ...field } : field;
}

function titled(schema: unknown, { input }: FieldTexts): unknown {
  if (!isRecord(schema) || !isRecord(schema.properties)) return schema ?? ANY;
  const properties = Object.entries(schema.properties).map(([name, field]) => {
    const title = input(name);
    if (!isRecord(field)) return [name, field];
    return [name, { ...(title !== undefined && { title }), ...shaped(name, field) }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}
