/** Spans of executions and their steps: kinds, names and places of the definition, and nothing of the data. */
import type { Services } from '#core/plugin.ts';
import { isSignal } from './control-flow.ts';
import type { Run } from './model.ts';

type Tracing = Services['tracing'];

/** One turn of an execution, until it has ended or waits. */
export function tracedRun(tracing: Tracing, run: Run, work: () => Promise<void>): Promise<void> {
  if (!tracing.isOn) return work();
  const { namespace, name } = run.definition.document;
  const attributes = { 'patchbay.workflow': `${namespace}/${name}`, 'patchbay.execution': run.execution.id };
  return tracing.span(`workflow ${namespace}/${name}`, { attributes }, async (span) => {
    await work();
    span.set({ 'patchbay.execution.status': run.execution.status });
    if (run.execution.status === 'faulted') span.fail('faulted');
  });
}

/** A step; that it waits or was stopped is no failure of it. */
export function tracedTask<T>(
  tracing: Tracing,
  { run, reference }: { run: Run; reference: string },
  kind: string,
  work: () => T | Promise<T>,
): T | Promise<T> {
  if (!tracing.isOn) return work();
  const attributes = {
    'patchbay.task': kind,
    'patchbay.task.reference': reference,
    'patchbay.execution': run.execution.id,
  };
  return tracing.span(`${kind} ${reference}`, { attributes, isFailure: (error) => !isSignal(error) }, async () =>
    work(),
  );
}
