/** Variables in texts that are written once for many: `{{contact.name}}`, `{{contact.fields.city}}`, `{{robot.name}}`. */
import { robotErrors } from '../errors.ts';

export interface VariableValues {
  /** What the channel calls the person. */
  person: string;
  /** JSON of what is noted about them. */
  fields: string;
  robot: string;
}

/** With one way to match alone: texts of some thousand spaces took minutes where the spaces could be shared out. */
const VARIABLE = /\{\{([^{}]*)\}\}/g;
const FIELD = /^contact\.fields\.([\p{L}\p{N}_.-]{1,60})$/u;
const NAMES = new Set(['contact.name', 'robot.name']);

/** Throws `UNKNOWN_VARIABLE` with the first one that means nothing. */
export function checkVariables(text: string): void {
  for (const [, inside = ''] of text.matchAll(VARIABLE)) {
    const name = inside.trim();
    if (!NAMES.has(name) && !FIELD.test(name)) throw unknown(name);
  }
}

function unknown(variable: string) {
  const message = `There is no variable '${variable}': contact.name, robot.name and contact.fields.… are known`;
  return robotErrors.UNKNOWN_VARIABLE({ message, extra: { variable } });
}

/** The text for one person; a field that they do not have is left empty. */
export function withVariables(text: string, values: VariableValues): string {
  return text.replace(VARIABLE, (_, inside: string) => {
    const name = inside.trim();
    if (name === 'contact.name') return values.person;
    if (name === 'robot.name') return values.robot;
    return fieldOf(values.fields, FIELD.exec(name)?.[1] ?? '');
  });
}

/** '' for what is not there, or is neither text nor number. */
export function fieldOf(fields: string, name: string): string {
  const known: unknown = JSON.parse(fields);
  if (typeof known !== 'object' || known === null || !Object.hasOwn(known, name)) return '';
  const value: unknown = Reflect.get(known, name);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
