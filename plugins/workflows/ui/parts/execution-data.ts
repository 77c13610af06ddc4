/** What pages read of an execution, kept true while it runs. */
import { $api, useLiveRefresh } from 'patchbay-platform/ui';
import { useEffect, useMemo, useState } from 'react';
import { executionTopics } from './live-topics.ts';

export type ExecutionView = NonNullable<ReturnType<typeof useAnswer>['data']>;
export type TaskRun = ExecutionView['tasks'][number];
export type Wait = ExecutionView['waits'][number];

/** What keeps no log tells nothing live. */
const LOOK_MS = 15_000;
const SECOND_MS = 1_000;

function useAnswer(id: string) {
  return $api.useQuery(
    'get',
    '/api/platform/executions/{id}',
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => (state.data && !state.data.ended_at ? LOOK_MS : false) },
  );
}

export function useExecution(id: string) {
  const query = useAnswer(id);
  useLiveRefresh(query.data && !query.data.ended_at ? executionTopics(id) : [], () => query.refetch());
  const data = useMemo(() => query.data && withWaits(query.data), [query.data]);
  return { data, error: query.error, refetch: query.refetch };
}

/** A call that waits, for a decision or for another workflow, is one that waits. */
function withWaits(execution: ExecutionView): ExecutionView {
  const waiting = new Set(execution.waits.map(runKey));
  const tasks = execution.tasks.map((task) =>
    task.status === 'running' && waiting.has(runKey(task)) ? { ...task, status: 'waiting' } : task,
  );
  return { ...execution, tasks };
}

/** One run of a task is known by both. */
export function runKey({ reference, instance }: Pick<TaskRun, 'reference' | 'instance'>): string {
  return `${reference} ${instance}`;
}

/** The name of a task by its pointer. */
export function nameOf(reference: string): string {
  return (reference.split('/').at(-1) ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Lists around it: how far to the right its name stands. */
export function depthOf(reference: string): number {
  return reference.split('/').filter((step) => /^(do|try|branches)$/.test(step)).length - 1;
}

/** The present, again each second while something runs. */
export function useNow(isOn: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [isOn]);
  return now;
}
