// jq programs: compile once, run many times on plain JSON values.
import { type JqOptions, prepare } from './program.ts';

export { JqError, JqLimitError, JqSyntaxError } from './errors.ts';
export { defaultLimits, type Limits } from './limits.ts';
export type { JqOptions } from './program.ts';

export type JqProgram = (input: unknown, variables?: Record<string, unknown>) => unknown[];

/** Throws JqSyntaxError; the program throws JqError. */
export function compileJq(source: string, options: JqOptions = {}): JqProgram {
  const { run } = prepare(source, options);
  return (input, variables) => run(input, variables);
}
