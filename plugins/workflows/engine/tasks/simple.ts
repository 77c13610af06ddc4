/** Tasks that are over at once: set, switch, raise; and `do`, which is only its list. */
import { getOwn } from '#core/kit.ts';
import { sizeOf } from '../../language/compiled-expressions.ts';
import { entryOf } from '../../language/definition.ts';
import { evaluateAtOnce, evaluateDeep, evaluateExpression, isTrue } from '../../language/expressions.ts';
import { type DslError, Fault, fault } from '../../language/faults.ts';
import type { TaskCall, TaskKind } from '../model.ts';

export const setTask: TaskKind = ({ task, input, scope }) => {
  const output = evaluateAtOnce(task.set, input, scope);
  return output instanceof Promise ? output.then((made) => ({ output: made })) : { output };
};

export const doTask: TaskKind = async ({ task, input, runList }) => ended(await runList(task.do ?? [], 'do', input));

export const switchTask: TaskKind = async ({ task, input, scope }) => {
  const rules = (task.switch ?? []).map((item) => entryOf(item)[1]);
  for (const { when, then } of rules) {
    if (when !== undefined && isTrue(await evaluateExpression(when, input, scope)))
      return { output: input, next: then };
  }
  // The case without a condition is for when no other matches, wherever it stands.
  const rule = rules.find(({ when }) => when === undefined);
  return { output: input, ...(rule && { next: rule.then }) };
};

export const raiseTask: TaskKind = async ({ task, run, input, scope, reference }) => {
  const named = task.raise?.error;
  const error = typeof named === 'string' ? getOwn(run.definition.use?.errors, named) : named;
  if (!error) throw fault('configuration', `There is no error '${String(named)}' in use.errors`);
  const made = (await evaluateDeep(error, input, scope)) as Partial<DslError>;
  const largest = run.world.config.maxDataBytes;
  if (sizeOf(made, largest) > largest)
    throw fault('runtime', `The error is larger than ${largest} bytes, which is the limit`);
  throw new Fault({
    ...made,
    type: String(made.type),
    status: Number(made.status),
    title: String(made.title ?? made.type),
    instance: made.instance ?? reference,
  });
};

/** `end` in an inner list ends the outer ones too. */
export function ended({ output, next }: Awaited<ReturnType<TaskCall['runList']>>): { output: unknown; next?: string } {
  return next === 'end' ? { output, next } : { output };
}
