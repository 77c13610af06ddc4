/** JSON that others have written, with texts that every database takes: a model or a server of tools may write any character. */
import { sanitizeText } from '#core/kit.ts';

/** Throws a SyntaxError for what is no JSON, and a RangeError for what nests too deep. */
export function parsedStorable(json: string): unknown {
  return JSON.parse(json, (_name, value: unknown) => {
    if (typeof value === 'string') return clean(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value);
    if (entries.every(([name]) => clean(name) === name)) return value;
    return Object.fromEntries(entries.map(([name, part]) => [clean(name), part]));
  });
}

/** The same of a value; undefined, which JSON does not know, becomes null. */
export function storableValue(value: unknown): unknown {
  return parsedStorable(JSON.stringify(value ?? null));
}

function clean(text: string): string {
  return sanitizeText(text, text.length);
}
