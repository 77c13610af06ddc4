/** What can be done with the chosen task, for buttons, keys and the mouse alike. */
import { notifyDone, notifyFailed } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskList } from '../../graph/index.ts';
import {
  addTask,
  copyTask,
  type Edit,
  insertTask,
  type LineOf,
  moveTask,
  type Place,
  placeOf,
  removeTask,
  setField,
  setHead,
  type Wrapper,
  wrapTask,
} from '../edits/index.ts';
import type { Session } from '../model/session.ts';
import type { NewTask } from './step-choices.ts';

/** Where a new task goes: beside the chosen one, at the end of a list inside of it, at an end of the workflow's own, into a line. */
export type Where = 'before' | 'after' | { inside: TaskList['role'] } | 'start' | 'end' | { line: LineOf };

export interface TaskActions {
  add(where: Where, task: NewTask): void;
  remove(): void;
  copy(): void;
  move(by: -1 | 1): void;
  /** To before the task at an index of the same list. */
  moveTo(pointer: string, index: number): void;
  wrap(wrapper: Wrapper): void;
}

export function useTaskActions(session: Session): TaskActions {
  const { t } = useTranslation('workflows');
  return useMemo(() => {
    const edit = (run: (text: string, tree: TaskList) => Edit | null): boolean => {
      const isDone = session.edit(run);
      if (!isDone) notifyFailed(new Error(t('editor.refused')));
      return isDone;
    };
    const chosen = (run: (text: string, place: Place) => Edit | null) =>
      edit((text, tree) => {
        const place = placeOf(tree, session.selected.get() ?? '');
        return place && run(text, place);
      });
    return {
      add: (where, task) =>
        void edit((text, tree) => {
          const place = placeOf(tree, session.selected.get() ?? '');
          if (typeof where === 'object' && 'line' in where)
            return insertTask(text, tree, where.line, task.name, task.body);
          if (where === 'start' && tree.range) return addTask(text, { list: tree, index: 0 }, task.name, task.body);
          if (where === 'start' || where === 'end' || !place) return intoList(text, tree, task);
          if (typeof where === 'object') return insideOf(text, place, where.inside, task);
          return addTask(text, { ...place, index: place.index + (where === 'after' ? 1 : 0) }, task.name, task.body);
        }),
      remove() {
        const name = session.selected.get()?.split('/').at(-1) ?? '';
        if (chosen(removeTask)) notifyDone(t('editor.removed', { name }), () => session.undo());
      },
      copy: () => void chosen(copyTask),
      move: (by) =>
        void chosen((text, place) => {
          const index = place.index + (by === 1 ? 2 : -1);
          if (index < 0 || index > place.list.tasks.length) return { changes: [], select: session.selected.get() };
          return moveTask(text, place, { ...place, index });
        }),
      moveTo: (pointer, index) =>
        void edit((text, tree) => {
          const place = placeOf(tree, pointer);
          if (!place || index === place.index || index === place.index + 1) return { changes: [], select: pointer };
          return moveTask(text, place, { ...place, index });
        }),
      wrap: (wrapper) => void chosen((text, place) => wrapTask(text, place, wrapper)),
    };
  }, [session, t]);
}

/** To the end of the workflow's own list, which may not be written yet. */
function intoList(text: string, tree: TaskList, { name, body }: NewTask): Edit | null {
  if (tree.range) return addTask(text, { list: tree, index: tree.tasks.length }, name, body);
  const edit = setHead(text, ['do'], [{ [name]: body }]);
  return edit && { ...edit, select: `/do/0/${name}` };
}

const PATHS: Readonly<Record<TaskList['role'], readonly string[]>> = {
  do: ['do'],
  try: ['try'],
  catch: ['catch', 'do'],
  branches: ['fork', 'branches'],
  foreach: ['foreach', 'do'],
};

function insideOf(text: string, place: Place, role: TaskList['role'], { name, body }: NewTask): Edit | null {
  const task = place.list.tasks[place.index];
  const list = task?.lists.find((one) => one.role === role);
  if (list?.range) return addTask(text, { list, index: list.tasks.length }, name, body);
  const edit = setField(text, place, PATHS[role], [{ [name]: body }]);
  return edit && task ? { ...edit, select: `${task.pointer}/${PATHS[role].join('/')}/0/${name}` } : null;
}
