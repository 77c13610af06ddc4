/** Fields of a task and of the workflow itself, as changes of the text. Only the task's own lines are read. */

import { parseDocument } from 'yaml';
import type { TaskList } from '../../graph/tasks.ts';
import { whole } from './anchors.ts';
import { pastTaken } from './block-texts.ts';
import type { Path } from './differences.ts';
import { extentsOf } from './extents.ts';
import { meantAt, stepsOf } from './meaning.ts';
import type { Place } from './tasks.ts';
import type { Edit } from './text.ts';
import { columnOf, difference, isBlank, lineStart, nextLine } from './text.ts';
import { withValue } from './values.ts';
import { styleOf } from './write.ts';

/** Another value of a task, or of a field inside of it; `undefined` takes the field away. */
export function setField(text: string, { list, index }: Place, path: Path, value: unknown): Edit | null {
  const slice = sliceOf(text, { list, index });
  const task = list.tasks[index];
  if (!slice || !task) return null;
  const after = withValue(slice.text, [...slice.path, ...path], value, styleOf(text));
  if (after === null) return null;
  const end = slice.from + slice.text.length;
  const change = difference(text.slice(slice.from, pastTaken(text, after, end)), after);
  if (!change) return { changes: [], select: task.pointer };
  const { from, to, insert } = change;
  const changes = [{ from: from + slice.from, to: to + slice.from, insert }];
  const edit = whole(text, { changes, select: task.pointer });
  return meantAt(text, edit, [...stepsOf(task.pointer), ...path], value);
}

/** What is written in a task, as a value; null when it cannot be read by itself. */
export function bodyOf(text: string, place: Place): unknown {
  const slice = sliceOf(text, place);
  if (!slice) return null;
  const document = parseDocument(slice.text);
  if (document.errors.length > 0) return null;
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return (
      slice.path.reduce<unknown>((held, step) => (held as Record<string | number, unknown>)?.[step], value) ?? null
    );
  } catch {
    return null;
  }
}

/** Another value of the workflow itself: its `document`, `input`, `schedule`. */
export function setHead(text: string, path: Path, value: unknown): Edit | null {
  const after = withValue(text, path, value, styleOf(text));
  if (after === null) return null;
  const change = difference(text, after);
  return meantAt(text, whole(text, { changes: change ? [change] : [], select: null }), path, value);
}

interface Slice {
  text: string;
  from: number;
  /** To the task's body. */
  path: Path;
}

function sliceOf(text: string, { list, index }: { list: TaskList; index: number }): Slice | null {
  const extents = extentsOf(text, list);
  const [extent, task] = [extents?.items[index], list.tasks[index]];
  if (!extents || !extent || !task) return null;
  if (extents.style === 'flow')
    return { text: text.slice(extent.item, extent.itemEnd), from: extent.item, path: [task.name] };
  const from = lineStart(text, extent.item);
  const isWhole = isBlank(text.slice(from, extent.item)) && columnOf(text, extent.item) === extents.column;
  // With its last line break, which counts in a value whose empty lines are kept (`|+`).
  return isWhole ? { text: text.slice(from, nextLine(text, extent.to)), from, path: [0, task.name] } : null;
}
