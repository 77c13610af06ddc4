/** What pages read of an execution, kept true while it runs. */
import { useThrottledCallback } from '@mantine/hooks';
import { $api, useLive } from 'patchbay/ui';
import { useEffect, useState } from 'react';
import { type TaskState, weightiest } from '../graph/index.ts';
import { executionTopics } from './live-topics.ts';

type Query = ReturnType<typeof useExecution>;
export type ExecutionView = NonNullable<Query['data']>;
export type TaskRun = ExecutionView['tasks'][number];
export type Wait = ExecutionView['waits'][number];

/** Much happens at once: it is read again at most so often. */
const CALM_MS = 400;
/** What keeps no log tells nothing live. */
const LOOK_MS = 15_000;
const SECOND_MS = 1_000;

export function useExecution(id: string) {
  const query = $api.useQuery(
    'get',
    '/api/platform/executions/{id}',
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => (state.data && !state.data.ended_at ? LOOK_MS : false) },
  );
  const look = useThrottledCallback(() => void query.refetch(), CALM_MS);
  useLive(query.data && !query.data.ended_at ? executionTopics(id) : [], look);
  return query;
}

/** One run of a task is known by both. */
export function runKey({ reference, instance }: Pick<TaskRun, 'reference' | 'instance'>): string {
  return `${reference} ${instance}`;
}

/** How the tasks of the graph stand: each by the weightiest of its runs. */
export function statesOf(tasks: readonly TaskRun[]): Map<string, TaskState> {
  const byReference = Map.groupBy(tasks, ({ reference }) => reference);
  return new Map(
    [...byReference].map(([reference, runs]) => {
      const status = weightiest(runs.map((run) => run.status));
      return [reference, { status, ...(runs.length > 1 && { note: `${runs.length}×` }) }];
    }),
  );
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
