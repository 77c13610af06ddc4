/**
 * A step put into one line of the graph: it comes where the line comes from, goes on to where the line led, and every other
 * way of the task before it leads where it led.
 */
import { parseTasks, type TaskList, type TaskNode } from '../../graph/tasks.ts';
import { bodyOf, setField } from './fields.ts';
import { addTask, freeName, type Place, placeOf, pointerOf } from './tasks.ts';
import { applied, difference, type Edit } from './text.ts';

/** A line by the ids of the graph: `/do/0/ask>1` is the second way out of a task, `/do#start>` the beginning of a list. */
export interface LineOf {
  id: string;
  from: string;
}

const CONTINUE = 'continue';
const LEADS_TO = 'then';
/** Ends the list, and so what a list that has no next task does by itself. */
const EXIT = 'exit';

export function insertTask(
  text: string,
  tree: TaskList,
  { id, from }: LineOf,
  name: string,
  body: Record<string, unknown>,
): Edit | null {
  const place = placeOf(tree, from);
  if (!place && from.endsWith('#start')) {
    const list = listOf(tree, from.slice(0, -'#start'.length));
    return list?.range ? addTask(text, { list, index: 0 }, name, body) : null;
  }
  const task = place?.list.tasks[place.index];
  const exit = task?.exits[Number(id.slice(id.lastIndexOf('>') + 1))];
  if (!place || !task || !exit) return null;
  const after = { list: place.list, index: place.index + 1 };
  if (task.kind !== 'switch' && exit.to === CONTINUE) return addTask(text, after, name, body);
  const own = freeName(place.list, name);
  const next = place.list.tasks[after.index]?.name ?? EXIT;
  const target = exit.to === CONTINUE ? next : exit.to;
  const written = led(body, target === next && target !== EXIT ? null : target);
  return together(text, place, pointerOf(place.list, after.index, own), [
    (now, at) => redirected(now, at, task, exit.label, { to: own, next }),
    (now, at) => addTask(now, { list: at.list, index: at.index + 1 }, own, written),
  ]);
}

/** The new task, going on to `target`; null: what it is followed by anyway. */
function led(body: Record<string, unknown>, target: string | null): Record<string, unknown> {
  if (target === null) return body;
  const cases = Array.isArray(body.switch) ? body.switch.map((one) => withTargets(one, () => target)) : null;
  if (cases) return { ...body, switch: cases };
  return body.raise === undefined ? { ...body, [LEADS_TO]: target } : body;
}

/** The way of the line leads to the new task; those that went on to the next one by themselves say so. */
function redirected(
  text: string,
  place: Place,
  task: TaskNode,
  label: string | null,
  { to, next }: { to: string; next: string },
): Edit | null {
  if (task.kind !== 'switch') return setField(text, place, [LEADS_TO], undefined);
  const body = bodyOf(text, place);
  const cases = typeof body === 'object' && body !== null && 'switch' in body ? body.switch : null;
  if (!Array.isArray(cases)) return null;
  const kept = (name: string, found: unknown) =>
    name === label ? to : found === CONTINUE || found === undefined ? next : found;
  const edit = setField(
    text,
    place,
    ['switch'],
    cases.map((one) => withTargets(one, kept)),
  );
  // With a case for everything else, its own `then` is never followed.
  const isOpen = task.exits.some((one) => one.label === null);
  if (!edit || !isOpen) return edit;
  const own = task.exits.find((one) => one.label === null)?.to;
  const target = label === null ? undefined : own === CONTINUE ? next : own;
  return together(text, place, null, [() => edit, (now, at) => setField(now, at, [LEADS_TO], target)]);
}

function withTargets(item: unknown, targetOf: (name: string, found: unknown) => unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const changed = Object.entries(item).map(([name, rule]) => [
    name,
    typeof rule === 'object' && rule !== null ? { ...rule, [LEADS_TO]: targetOf(name, rule[LEADS_TO]) } : rule,
  ]);
  return Object.fromEntries(changed);
}

type Step = (text: string, place: Place) => Edit | null;

/** Several edits beside one task as one: each sees the text as the former have left it. */
function together(text: string, { list, index }: Place, select: string | null, steps: readonly Step[]): Edit | null {
  const pointer = list.tasks[index]?.pointer ?? '';
  let now = text;
  for (const step of steps) {
    const tree = parseTasks(now);
    const place = tree && placeOf(tree, pointer);
    const edit = place && step(now, place);
    if (!edit) return null;
    now = applied(now, edit.changes);
  }
  const change = difference(text, now);
  return { changes: change ? [change] : [], select };
}

/** The list of a pointer, wherever it lies. */
function listOf(list: TaskList, pointer: string): TaskList | null {
  if (list.pointer === pointer) return list;
  for (const task of list.tasks)
    for (const inner of task.lists) {
      const found = listOf(inner, pointer);
      if (found) return found;
    }
  return null;
}
