/** The form of what was just chosen or added: brought into view where it lies below the steps, and ready to be written in when it is new. */
import { type RefObject, useEffect, useRef } from 'react';

/** Another object each time that a step is chosen. */
export interface AskedFor {
  isNew: boolean;
}

export function useAskedFor(asked: AskedFor | null, onShown: () => void): RefObject<HTMLDivElement | null> {
  const form = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once each time that it is asked for
  useEffect(() => {
    if (asked === null || form.current === null) return;
    if (form.current.getBoundingClientRect().top > innerHeight / 2) form.current.scrollIntoView({ block: 'start' });
    if (asked.isNew) form.current.querySelector('input')?.focus({ preventScroll: true });
    onShown();
  }, [asked]);
  return form;
}
