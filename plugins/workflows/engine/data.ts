/** What a task sees and what it gives: `input.from`, `output.as`, `export.as`, with their schemas. */
import type { Task } from '../language/definition.ts';
import { evaluateDeep, evaluateExpression, type Scope } from '../language/expressions.ts';
import { checkSchema } from '../language/schemas.ts';

/** `input.from` and its schema, or `output.as` and its. Input is checked before, output after it is made. */
export function transformed(
  rule: Task['input'],
  raw: unknown,
  scope: Scope,
  side: 'input' | 'output',
  reference: string,
): unknown {
  if (!rule) return raw;
  if (side === 'input' && rule.schema) checkSchema(rule.schema, raw, side, reference);
  const made = rule[side === 'input' ? 'from' : 'as'];
  const data = made === undefined ? raw : madeOf(made, raw, scope);
  if (side === 'output' && rule.schema) checkSchema(rule.schema, data, side, reference);
  return data;
}

/** The new `$context`. */
export function exported(task: Task, output: unknown, scope: Scope, reference: string): unknown {
  const made = task.export?.as;
  const context = made === undefined ? scope.context : madeOf(made, output, { ...scope, output });
  if (task.export?.schema) checkSchema(task.export.schema, context, 'export', reference);
  return context;
}

/** A string is an expression as a whole; anything else has expressions inside. */
function madeOf(made: unknown, data: unknown, scope: Scope): unknown {
  return typeof made === 'string' ? evaluateExpression(made, data, scope) : evaluateDeep(made, data, scope);
}
