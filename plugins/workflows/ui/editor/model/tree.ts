/** The tree of tasks between two readings of the text. */
import type { Range, TaskList, TaskNode } from '../../graph/index.ts';

/** The same tree after changes of the text: `place` says where each place of the text has gone. */
export function moved(list: TaskList, place: (offset: number, side: -1 | 1) => number): TaskList {
  const range = (own: Range): Range => ({ from: place(own.from, 1), to: place(own.to, -1) });
  const task = (one: TaskNode): TaskNode => ({
    ...one,
    range: range(one.range),
    lists: one.lists.map((inner) => moved(inner, place)),
  });
  return { ...list, range: list.range && range(list.range), tasks: list.tasks.map(task) };
}

/** All that the graph shows of a tree: two with the same one look alike. */
export function looks(list: TaskList): string {
  return JSON.stringify(list, (key, value: unknown) => (key === 'range' ? undefined : value));
}
