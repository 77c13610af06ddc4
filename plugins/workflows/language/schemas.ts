/** Schemas of a workflow's data: JSON Schema. They are checked where nobody waits for it, and where no pattern takes longer than it may. */
import type { DataRule } from './definition.ts';
import { LARGEST, type Scope, TENANT } from './expressions.ts';
import { fault } from './faults.ts';
import { checkLong } from './strangers.ts';

const texts = new WeakMap<object, string>();

/** Throws a validation fault that names what is wrong. The scope says whose schema it is, and how large data may be. */
export async function checkSchema(
  { document }: NonNullable<DataRule['schema']>,
  data: unknown,
  side: string,
  instance: string,
  scope: Scope,
): Promise<void> {
  if (!document)
    throw fault('configuration', 'Only schemas in the definition itself (`document`) can be used', { instance });
  const reply = await checkLong(scope[TENANT] ?? '', scope[LARGEST] ?? 0, textOf(document), data);
  if (reply === null) {
    throw fault('validation', `The ${side} was not checked: its schema, or a pattern of it, takes too long for it`, {
      instance,
    });
  }
  if ('invalid' in reply) throw fault('configuration', `The schema is not valid: ${reply.invalid}`, { instance });
  if (reply.wrong.length > 0)
    throw fault('validation', `The ${side} does not match its schema: ${reply.wrong.join('; ')}`, { instance });
}

function textOf(document: object): string {
  const known = texts.get(document);
  if (known !== undefined) return known;
  const text = JSON.stringify(document);
  texts.set(document, text);
  return text;
}
