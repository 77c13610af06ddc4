/** What all parts of the editor share. */
import { createContext, useContext } from 'react';
import type { Session } from './session.ts';
import type { Sample } from './use-sample.ts';

export interface WorkflowFunction {
  name: string;
  summary: string;
  input: unknown;
  output: unknown;
}

export interface Editing {
  session: Session;
  /** Nothing of it has been published yet. */
  isNew: boolean;
  functions: readonly WorkflowFunction[];
  sample: Sample;
  /** What stands around the tasks in the last text that could be read. */
  head: unknown;
  /** The parsed definition of the last text that could be read. */
  definition: unknown;
}

/** Shows what a step gives when it is tried. */
export const TryStep = createContext<(pointer: string) => void>(() => undefined);

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (!editing) throw new Error('This is a part of the editor');
  return editing;
}
