/** What the thread of the validator does, by name: for tests that count what it costs. */
import { Options } from '#plugins/workflows/language/options.ts';
import { answererOf } from '#plugins/workflows/language/validator-answer.ts';
import type { Work } from '#test/support/steps.ts';

const newThread = () => answererOf(JSON.parse(JSON.stringify(Options)));
const thread = newThread();

/** As it comes out of a message: a copy each time. */
const asked = (definition: string) => structuredClone({ definition, functions: [], allowShell: false });

export const work: Work = {
  'in the same thread': (definition: string) => thread(asked(definition)),
  'in a new one': (definition: string) => newThread()(asked(definition)),
};
