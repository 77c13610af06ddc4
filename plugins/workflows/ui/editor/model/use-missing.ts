/** What is still to be filled in: looked for when somebody publishes, and shown until it is there. */
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { missingFields } from '../forms/missing-fields.ts';
import { useFieldTexts } from '../forms/texts.ts';
import type { WorkflowFunction } from './context.ts';
import type { Problem, Problems } from './use-problems.ts';

type Find = typeof missingFields;

export interface MissingProblems {
  /** With what the server finds. */
  problems: Problems;
  /** Looks, and gives the first that is missing. */
  look(text: string): Promise<Problem | null>;
}

export function useMissing(
  text: string,
  isStale: boolean,
  functions: readonly WorkflowFunction[],
  problems: Problems,
): MissingProblems {
  const { t } = useTranslation('workflows');
  const texts = useFieldTexts();
  const [find, setFind] = useState<{ now: Find } | null>(null);
  const problemsIn = useCallback(
    (find: Find, source: string): Problem[] =>
      find(source, functions, texts).map(({ task, field, path }) => {
        const { line, column } = placeIn(source, task.range.from);
        const message = t('editor.missing', { step: task.name, field });
        return { path: [task.pointer, ...path].join('/'), line, column, message, step: task.pointer };
      }),
    [functions, texts, t],
  );
  const missing = useMemo(
    () => (find && !isStale ? problemsIn(find.now, text) : []),
    [find, isStale, problemsIn, text],
  );
  const all = useMemo((): Problems => {
    if (missing.length === 0) return problems;
    const ofTasks = new Map(missing.map(({ step = '', message }) => [step, message]).reverse() as [string, string][]);
    for (const [pointer, message] of problems.ofTasks) ofTasks.set(pointer, message);
    return { ...problems, all: [...problems.all, ...missing], ofTasks };
  }, [problems, missing]);
  const look = useCallback(
    async (source: string) => {
      const { missingFields } = await import('../forms/missing-fields.ts');
      const [first] = problemsIn(missingFields, source);
      setFind(first ? { now: missingFields } : null);
      return first ?? null;
    },
    [problemsIn],
  );
  return { problems: all, look };
}

function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
