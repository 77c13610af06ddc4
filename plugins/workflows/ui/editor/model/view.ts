/** How the tasks are shown while they are edited, remembered for each person in this browser. */
import { type Store, storedValue } from 'patchbay-platform/ui';

export const VIEWS = ['graph', 'list', 'text'] as const;
export type View = (typeof VIEWS)[number];

const known = new Map<string, Store<View>>();

export function viewOf(person: string): Store<View> {
  const found = known.get(person);
  if (found) return found;
  const made = storedValue<View>(`patchbay.workflows.view.${person}`, 'graph', isView);
  known.set(person, made);
  return made;
}

export function isView(text: string): text is View {
  return (VIEWS as readonly string[]).includes(text);
}
