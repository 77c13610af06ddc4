/** The thread that validates definitions: what it costs after the first one. */
import assert from 'node:assert/strict';
import { compileCheck } from '#core/http/validate.ts';
import { Options } from '#plugins/workflows/language/options.ts';
import { validateDefinition } from '#plugins/workflows/language/validator.ts';
import { definitionOf } from './support.ts';

const TIMES = 20;

describe('the validator of definitions', () => {
  /** What the processor takes for one, in all threads, once it is used to it. */
  async function costOf(work: () => unknown): Promise<number> {
    for (let times = 0; times < TIMES; times++) await work();
    const before = process.cpuUsage();
    for (let times = 0; times < TIMES; times++) await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / TIMES;
  }

  it('makes its checks once, and not for each definition', async () => {
    const definition = definitionOf('small', 'do: [ { a: { set: { v: 1 } } } ]');
    const validating = await costOf(() => validateDefinition({ definition, functions: [], allowShell: false }));
    const compiling = await costOf(() => compileCheck(JSON.parse(JSON.stringify(Options)), 'options')({}));
    assert.ok(validating < compiling / 2, `${validating} µs each, and ${compiling} to make the check`);
  });
});
