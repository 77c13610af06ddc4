/** What was just chosen or added: what is about it comes into view where it lies below the steps, and a new form is ready to be written in. */
import { type RefObject, useEffect, useRef } from 'react';

/** Another object each time that something is chosen. */
export interface AskedFor {
  isNew: boolean;
}

/** Beside the steps it is in view anyway. */
export function useInView<Shown extends HTMLElement>(asked: AskedFor | null): RefObject<Shown | null> {
  const shown = useRef<Shown>(null);
  useEffect(() => {
    if (asked !== null && shown.current && shown.current.getBoundingClientRect().top > innerHeight / 2)
      shown.current.scrollIntoView({ block: 'start' });
  }, [asked]);
  return shown;
}

export function useFirstField(asked: AskedFor | null, onShown: () => void): RefObject<HTMLDivElement | null> {
  const form = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once each time that it is asked for
  useEffect(() => {
    if (!asked?.isNew || form.current === null) return;
    form.current.querySelector('input')?.focus({ preventScroll: true });
    onShown();
  }, [asked]);
  return form;
}
