/** What a task sees and what it gives: `input.from`, `output.as`, `export.as`, with their schemas. */
import type { Task } from '../language/definition.ts';
import { evaluateDeep, evaluateExpression, type Scope } from '../language/expressions.ts';
import { checkSchema } from '../language/schemas.ts';

/** `input.from` and its schema, or `output.as` and its. Input is checked before, output after it is made. */
export async function transformed(
  rule: Task['input'],
  raw: unknown,
  scope: Scope,
  side: 'input' | 'output',
  reference: string,
): Promise<unknown> {
  if (!rule) return raw;
  if (side === 'input' && rule.schema) await checkSchema(rule.schema, raw, side, reference, scope);
  const made = rule[side === 'input' ? 'from' : 'as'];
  const data = made === undefined ? raw : await madeOf(made, raw, scope);
  if (side === 'output' && rule.schema) await checkSchema(rule.schema, data, side, reference, scope);
  return data;
}

/** The latest export of an execution, which the next one waits for. */
const exporting = new WeakMap<object, Promise<void>>();

/** Makes the new `$context`. Tasks that end at the same time export one after another: each sees what the other has made. */
export function exportTo(
  run: { context: unknown },
  task: Task,
  output: unknown,
  scope: Scope,
  reference: string,
): Promise<void> {
  const earlier = exporting.get(run);
  const done = (async () => {
    await earlier?.catch(() => {});
    run.context = await exported(task, output, { ...scope, context: run.context }, reference);
  })();
  exporting.set(run, done);
  return done;
}

async function exported(task: Task, output: unknown, scope: Scope, reference: string): Promise<unknown> {
  const made = task.export?.as;
  const context = made === undefined ? scope.context : await madeOf(made, output, { ...scope, output });
  if (task.export?.schema) await checkSchema(task.export.schema, context, 'export', reference, scope);
  return context;
}

/** A string is an expression as a whole; anything else has expressions inside. */
function madeOf(made: unknown, data: unknown, scope: Scope): Promise<unknown> {
  return typeof made === 'string' ? evaluateExpression(made, data, scope) : evaluateDeep(made, data, scope);
}
