/**
 * What a step gets, as far as it is known: what it had the last time, what the step before it gave, or what the workflow begins
 * with where every step in between hands that on. Of a step that has never run nobody knows what it gives.
 */
import type { TaskList, TaskNode } from '../../graph/tasks.ts';
import { bodyOf, type Place, placeOf } from '../edits/index.ts';

export interface KnownData {
  /** What the first step sees. */
  start: unknown;
  /** By pointer: what steps got in the last run. */
  inputs: ReadonlyMap<string, unknown>;
  /** What they gave in it. */
  outputs: ReadonlyMap<string, unknown>;
  /** What they gave since, or what is put in their place. */
  newer: ReadonlyMap<string, unknown>;
  /** The data with which the workflow begins is that of the run. */
  isOfRun: boolean;
}

/** The one step after which this comes; undefined where it is the first of its list, or several lead to it. */
export function stepBefore(place: Place): TaskNode | undefined {
  const leading = leadingTo(place);
  return place.index > 0 && leading.length === 1 ? leading[0] : undefined;
}

function leadingTo({ list, index }: Place): TaskNode[] {
  const own = list.tasks[index];
  if (!own || list.isParallel) return [];
  return list.tasks.filter(({ exits }, at) =>
    exits.some(({ to }) => to === own.name || (to === 'continue' && at === index - 1)),
  );
}

/** Undefined: only a run shows it. */
export function knownInput(text: string, tree: TaskList, pointer: string, data: KnownData): unknown {
  const place = placeOf(tree, pointer);
  if (!place) return data.start;
  const { inputs, outputs, newer, isOfRun } = data;
  const former = stepBefore(place);
  if (former && newer.has(former.pointer)) return newer.get(former.pointer);
  if (isOfRun && inputs.has(pointer)) return inputs.get(pointer);
  if (former) return inputs.get(pointer) ?? outputs.get(former.pointer) ?? handedOn(former);
  const isFirst = place.list.isParallel || (place.index === 0 && leadingTo(place).length === 0);
  return isFirst ? givenTo(place.list) : inputs.get(pointer);

  /** Of a step that gives what it gets. */
  function handedOn({ pointer: at, kind }: TaskNode): unknown {
    const isShaped = ['input', 'output'].some((key) => hasKey(at, key));
    return !isShaped && (kind === 'switch' || kind === 'wait') ? knownInput(text, tree, at, data) : undefined;
  }

  /** What the step around a list gets, its steps get first; each event of `foreach` is another matter. */
  function givenTo({ pointer: at, role }: TaskList): unknown {
    const owner = ownerOf(tree, at);
    if (!owner) return data.start;
    return role === 'foreach' || hasKey(owner.pointer, 'input')
      ? inputs.get(pointer)
      : knownInput(text, tree, owner.pointer, data);
  }

  function hasKey(at: string, key: string): boolean {
    const there = placeOf(tree, at);
    const body = there && bodyOf(text, there);
    return typeof body === 'object' && body !== null && Object.hasOwn(body, key);
  }
}

function ownerOf(list: TaskList, pointer: string): TaskNode | undefined {
  for (const task of list.tasks) {
    if (task.lists.some((inner) => inner.pointer === pointer)) return task;
    const found = task.lists.map((inner) => ownerOf(inner, pointer)).find((one) => one !== undefined);
    if (found) return found;
  }
  return undefined;
}
