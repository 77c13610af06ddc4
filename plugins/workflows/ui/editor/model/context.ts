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
  functions: readonly WorkflowFunction[];
  sample: Sample;
  /** The parsed definition of the last text that could be read. */
  definition: unknown;
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (!editing) throw new Error('This is a part of the editor');
  return editing;
}
