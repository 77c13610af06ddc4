/** An expression or a step tried on the server, by itself. */
import { api, isRecord } from 'patchbay-platform/ui';

/** Without `${ }`. */
export function codeOf(expression: string): string {
  return (/^\s*\$\{([\s\S]*)\}\s*$/.exec(expression)?.[1] ?? expression).trim();
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
  const body = { task, input, ...(isRecord(use) && { use }) };
  const { data } = await api.POST('/api/platform/workflows/try-task', {
    params: { query: { wait: 30 } },
    body,
    ...(signal && { signal }),
  });
  return data ?? null;
}
