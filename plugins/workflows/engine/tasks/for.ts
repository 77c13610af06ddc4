/** `for`: a list of tasks for each item; what one iteration gives is what the next one gets. */

import { evaluateExpression, isTrue } from '../../language/expressions.ts';
import { fault } from '../../language/faults.ts';
import type { TaskKind } from '../model.ts';

export const forTask: TaskKind = async ({ task, run, input, scope, checkpoint, runList }) => {
  const { each = 'item', at = 'index', in: source = '.' } = task.for ?? {};
  const items = await checkpoint(async () => {
    const made = await evaluateExpression(source, input, scope);
    if (!Array.isArray(made)) throw fault('expression', `for.in must give an array, not ${typeof made}`);
    return made;
  });
  if (!Array.isArray(items)) return { output: input };
  let data = input;
  for (const [index, item] of items.entries()) {
    const variables = { [each]: item, [at]: index };
    if (
      task.while !== undefined &&
      !isTrue(await evaluateExpression(task.while, data, { ...scope, context: run.context, ...variables }))
    )
      break;
    const { output, next } = await runList(task.do ?? [], 'do', data, String(index), variables);
    data = output;
    if (next === 'end') return { output: data, next };
  }
  return { output: data };
};
