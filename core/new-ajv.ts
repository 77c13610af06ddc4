/** Ajv with its formats, loaded when something is first compiled: a start compiles nothing. */
import type { Ajv, Options } from 'ajv';
import type { FormatsPlugin } from 'ajv-formats';
import { lazily } from './loading/lazily.ts';

const ajv = lazily<typeof import('ajv')>('ajv', import.meta.url);
const formats = lazily<{ default: FormatsPlugin }>('ajv-formats', import.meta.url);

export function newAjv(options: Options): Ajv {
  const made = new (ajv().Ajv)(options);
  formats().default(made);
  return made;
}
