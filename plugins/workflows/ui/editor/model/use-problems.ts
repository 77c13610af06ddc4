/** What the server finds wrong with the text, asked a moment after it has changed. */
import { api } from 'patchbay-platform/ui';
import { startTransition, useEffect, useMemo, useState } from 'react';
import { type TaskList, taskOfPointer } from '../../graph/index.ts';

export interface Problem {
  path: string;
  line: number;
  column: number;
  message: string;
  /** The step whose form tells more than its place in the text. */
  step?: string;
}

export interface Problems {
  all: readonly Problem[];
  /** By the pointer of the task that they are about. */
  ofTasks: ReadonlyMap<string, string>;
  /** False while an answer is awaited. */
  isSettled: boolean;
}

const PAUSE_MS = 400;
const NONE: readonly Problem[] = [];

export function useProblems(text: string, tree: TaskList | null): Problems {
  const [found, setFound] = useState<{ text: string; problems: readonly Problem[] }>({ text: '', problems: NONE });
  useEffect(() => {
    const stopped = new AbortController();
    const timer = setTimeout(() => {
      void ask(text, stopped.signal).then(
        (problems) =>
          problems &&
          startTransition(() => setFound((former) => ({ text, problems: kept(former.problems, problems) }))),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }, [text]);
  const { problems } = found;
  const ofTasks = useMemo(() => {
    const byTask = new Map<string, string>();
    for (const { path, message } of problems) {
      const task = tree && taskOfPointer(tree, path);
      if (task && !byTask.has(task.pointer)) byTask.set(task.pointer, message);
    }
    return byTask;
  }, [problems, tree]);
  return { all: problems, ofTasks, isSettled: found.text === text };
}

/** The same object for the same mistakes, so that nothing is drawn anew for them. */
function kept(former: readonly Problem[], found: readonly Problem[]): readonly Problem[] {
  return JSON.stringify(former) === JSON.stringify(found) ? former : found;
}

/** Null when nobody knows: the next change asks again. */
async function ask(definition: string, signal: AbortSignal): Promise<readonly Problem[] | null> {
  try {
    const { data } = await api.POST('/api/platform/workflows/validate', { body: { definition }, signal });
    return data?.errors ?? null;
  } catch {
    return null;
  }
}
