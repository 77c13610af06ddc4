/** What the thread of the validator does, by name: for tests that count what it costs. */
import { Options } from '#plugins/workflows/language/options.ts';
import { validate } from '#plugins/workflows/language/validate.ts';
import type { Work } from '#test/support/steps.ts';

const metadata = copy();

export const work: Work = {
  'with the schema that it has': (definition: string) => validated(definition, metadata),
  'with a schema of its own': (definition: string) => validated(definition, copy()),
};

function copy(): object {
  return JSON.parse(JSON.stringify(Options));
}

function validated(definition: string, schema: object): Promise<unknown> {
  return validate(definition, { functions: new Set(), allowShell: false, metadata: schema });
}
