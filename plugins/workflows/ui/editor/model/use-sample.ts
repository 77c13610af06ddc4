/** Data to try things with: of the last execution of the workflow, or what somebody has written for it. */
import { $api, api } from 'patchbay-platform/ui';
import { useMemo, useState } from 'react';
import { listOf } from '../../parts/list-answer.ts';

export interface Sample {
  /** The execution that the data comes from. */
  from: { id: string; at: string | null } | null;
  /** What the workflow gets. */
  input: unknown;
  /** What a task has got the last time, else what somebody has written. */
  inputOf(pointer: string): unknown;
  outputs: ReadonlyMap<string, unknown>;
  /** `$context` when a task began the last time; for one that did not run, at the end. */
  contextOf(pointer: string): unknown;
  write(input: unknown): void;
}

const NONE = {};

export function useSample(address: { namespace: string; name: string } | null): Sample {
  const [written, write] = useState<unknown>(undefined);
  const query = address ? { ...address, limit: 1 } : { namespace: '-', name: '-', limit: 1 };
  const list = $api.useQuery('get', '/api/platform/executions', { params: { query } }, { enabled: address !== null });
  const last = listOf(list.data)?.items[0];
  const path = { id: last?.id ?? '' };
  const one = $api.useQuery(
    'get',
    '/api/platform/executions/{id}',
    { params: { path } },
    { enabled: last !== undefined },
  );
  return useMemo(() => {
    const tasks = one.data?.tasks ?? [];
    const inputs = new Map(tasks.map(({ reference, input }) => [reference, input]));
    const input = written ?? one.data?.input ?? NONE;
    return {
      from: one.data ? { id: one.data.id, at: one.data.created_at } : null,
      input,
      inputOf: (pointer) => (written === undefined ? (inputs.get(pointer) ?? input) : input),
      outputs: new Map(
        tasks.filter(({ status }) => status === 'completed').map(({ reference, output }) => [reference, output]),
      ),
      contextOf: (pointer) => contextBefore(tasks, pointer),
      write,
    };
  }, [one.data, written]);
}

interface Run {
  reference: string;
  context?: unknown;
  started_at: string | null;
  ended_at: string | null;
}

/** What was exported last before the task began. */
export function contextBefore(tasks: readonly Run[], pointer: string): unknown {
  const began = tasks.find(({ reference }) => reference === pointer)?.started_at;
  const isBefore = ({ ended_at }: Run) => ended_at !== null && (!began || ended_at <= began);
  const exports = tasks.filter((task) => task.reference !== pointer && task.context !== null && isBefore(task));
  return (
    exports.sort((one, other) => Date.parse(one.ended_at ?? '') - Date.parse(other.ended_at ?? '')).at(-1)?.context ??
    null
  );
}

/** What an expression gives; nothing runs. */
export async function tryExpression(
  expression: string,
  input: unknown,
  variables: Record<string, unknown>,
  signal: AbortSignal,
): Promise<{ output?: unknown; error?: string } | null> {
  const { data } = await api.POST('/api/platform/workflows/try-expression', {
    body: { expression, input, variables },
    signal,
  });
  return data ?? null;
}

export interface Tried {
  id: string;
  status: string;
  output?: unknown;
  error?: unknown;
}

/** Runs a task by itself. */
export async function tryTask(
  task: Record<string, unknown>,
  input: unknown,
  use: unknown,
  signal?: AbortSignal,
): Promise<Tried | null> {
  const body = { task, input, ...(isUse(use) && { use }) };
  const { data } = await api.POST('/api/platform/workflows/try-task', {
    params: { query: { wait: 30 } },
    body,
    ...(signal && { signal }),
  });
  return data ?? null;
}

function isUse(use: unknown): use is Record<string, unknown> {
  return typeof use === 'object' && use !== null;
}
