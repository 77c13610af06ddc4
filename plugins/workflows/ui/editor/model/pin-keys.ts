/** By what a pinned step is known: its name and those around it, since its place changes. */
import { flatTasks, type TaskList } from '../../graph/tasks.ts';

export type Pins = ReadonlyMap<string, unknown>;

export function pinKey(pointer: string): string {
  return pointer.replaceAll(/\/\d+(?=\/)/g, '');
}

/** By the references of the steps as they stand now. */
export function pinsByPointer(pins: Pins, tree: TaskList): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { pointer } of flatTasks(tree)) {
    const key = pinKey(pointer);
    if (pins.has(key)) found.set(pointer, pins.get(key));
  }
  return found;
}
