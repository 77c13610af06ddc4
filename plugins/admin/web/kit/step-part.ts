/** What plugins draw of the first steps: the sheet of each, by its id. */
import type { ComponentType } from 'react';
import type { StepProps } from './define-pages.ts';
import { partOf, useLoadedPages } from './parts-of-pages.ts';

/** Null for a step that is done on a page of its own alone. */
export function useStepPart(id: string): ComponentType<StepProps> | null {
  const pages = useLoadedPages();
  for (const one of pages) {
    const { steps = {} } = one;
    const part = Object.hasOwn(steps, id) ? partOf(one, `step ${id}`, steps[id]) : null;
    if (part) return part;
  }
  return null;
}
