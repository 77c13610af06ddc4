/**
 * jq programs: compile once, run many times on plain JSON values. A jq of our own, because jq in WebAssembly takes 6 ms and more
 * for what takes 1 µs here (`.order.id`; 30 to 40 times as long for the filter of a 100 KB list), gives and takes text, and
 * has no budget that ends a program of a stranger. It passes all 806 cases of jq's own test files that are in scope. README.md
 * has the comparison, `npm run bench -- jq` measures it, docs/decisions/0016 says when it may go.
 */
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
