/** Whether somebody has written anything into a form since they began: what data that came later has filled in does not count. */
import { useCallback, useRef } from 'react';

const BEGINNINGS = ['pointerdown', 'keydown', 'beforeinput'] as const;
const FIELDS = 'input, textarea, select, [contenteditable=true]';
/** Keys that walk through a form and write nothing. */
const WALKING = new Set(['Escape', 'Tab', 'Shift']);

export interface Written {
  /** For the form, or what is around several: `ref={written.form}`. */
  form(element: HTMLElement | null): (() => void) | undefined;
  isWritten(): boolean;
  /** What stands there now is saved. */
  forget(): void;
}

export function useWritten(): Written {
  const began = useRef({ isTouched: false, values: '' });
  const shown = useRef<HTMLElement | null>(null);
  const form = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    shown.current = element;
    began.current = { isTouched: false, values: valuesOf(element) };
    const begin = (event: Event) => {
      if (began.current.isTouched || (event instanceof KeyboardEvent && WALKING.has(event.key))) return;
      began.current = { isTouched: true, values: valuesOf(element) };
    };
    // What a browser fills in by itself begins with nothing else.
    const filled = () => {
      began.current.isTouched = true;
    };
    for (const name of BEGINNINGS) element.addEventListener(name, begin, true);
    element.addEventListener('input', filled, true);
    return () => {
      for (const name of BEGINNINGS) element.removeEventListener(name, begin, true);
      element.removeEventListener('input', filled, true);
      shown.current = null;
    };
  }, []);
  const isWritten = () => {
    const { isTouched, values } = began.current;
    return isTouched && shown.current !== null && values !== valuesOf(shown.current);
  };
  const forget = () => {
    began.current.isTouched = false;
  };
  return { form, isWritten, forget };
}

function valuesOf(form: HTMLElement): string {
  return JSON.stringify([...form.querySelectorAll<HTMLElement>(FIELDS)].map(writtenIn));
}

function writtenIn(field: HTMLElement): string | boolean | null {
  if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')) return field.checked;
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)
    return field.value;
  return field.textContent;
}
