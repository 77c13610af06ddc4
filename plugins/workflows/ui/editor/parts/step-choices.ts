/** All that a step may be, with what people call it. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { KINDS } from '../../graph/index.ts';
import {
  type Category,
  categoryOfCall,
  categoryOfKind,
  isLanguageCall,
  LANGUAGE_CALLS,
} from '../../steps/categories.ts';
import { useStepNames } from '../../steps/step-names.ts';
import { useEditing } from '../model/context.ts';
import { emptyCall, type FirstNames, newTask } from '../model/new-task.ts';
import { useGivenIds } from '../model/use-given-ids.ts';

export interface NewTask {
  name: string;
  body: Record<string, unknown>;
}

export interface StepChoice {
  key: string;
  title: string;
  text: string;
  category: Category;
  /** All that it is found by, in small letters. */
  words: string;
  make(): NewTask;
}

/** Done by the engine itself: it waits, as no function may. */
const APPROVE = 'workflows.approve';

export function useStepChoices(): readonly StepChoice[] {
  const { t } = useTranslation('workflows');
  const { functions } = useEditing();
  const names = useStepNames();
  const given = useGivenIds();
  return useMemo(() => {
    const choice = (one: Omit<StepChoice, 'words'>): StepChoice => ({
      ...one,
      words: `${one.key} ${one.title} ${one.text} ${t(`editor.category.${one.category}`)}`.toLowerCase(),
    });
    const first: FirstNames = {
      step: t('editor.first'),
      case: t('editor.switch.case', { number: 1 }),
      otherwise: t('editor.switch.otherwise'),
    };
    const kinds = KINDS.flatMap((kind) =>
      kind === 'call'
        ? []
        : choice({
            key: kind,
            title: t(`editor.kind.${kind}`),
            text: t(`editor.kindText.${kind}`),
            category: categoryOfKind(kind),
            make: () => ({ name: t(`editor.kind.${kind}`), body: newTask(kind, first) }),
          }),
    );
    const named = new Set<string>([...LANGUAGE_CALLS, APPROVE, ...functions.map(({ name }) => name)]);
    const calls = [...named].map((name) => {
      const summary = functions.find((one) => one.name === name)?.summary ?? '';
      return choice({
        key: isLanguageCall(name) ? `call:${name}` : name,
        title: names.title(name),
        text: names.text(name) ?? summary,
        category: categoryOfCall(name),
        make: () => ({ name: names.title(name), body: emptyCall(name, functions, given) }),
      });
    });
    return [...calls, ...kinds.toSorted(byUse)];
  }, [t, functions, names, given]);
}

/** What decides and writes data before what few need. */
const BY_USE = ['switch', 'set', 'for', 'wait', 'listen', 'try', 'run', 'fork', 'do', 'emit', 'raise'];

function byUse(one: StepChoice, other: StepChoice): number {
  return BY_USE.indexOf(one.key) - BY_USE.indexOf(other.key);
}
