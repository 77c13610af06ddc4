/** Whether somebody has written anything into a form since they began: what data that came later has filled in does not count. */
import { useCallback, useRef } from 'react';

const BEGINNINGS = ['pointerdown', 'keydown', 'beforeinput'] as const;
const FIELDS = 'input, textarea, select';
/** One that is only read has the same mark, and nothing can be written there. */
const EDITORS = '[contenteditable=true]:not([aria-readonly=true])';
/** Keys that walk through a form and write nothing. */
const WALKING = new Set(['Escape', 'Tab', 'Shift']);

/** What stands in an editor that shows no more of its text than fits: without it, scrolling would look like writing. */
export const editorTexts = new WeakMap<Element, () => string>();

export interface Written {
  /** For the form, or what is around several: `ref={written.form}`. */
  form(element: HTMLElement | null): (() => void) | undefined;
  isWritten(): boolean;
  /** What stands there now is saved. */
  clear(): void;
}

interface Beginning {
  isTouched: boolean;
  values: string;
  /** Editors are loaded when they are shown: one that comes later begins with what it shows when somebody turns to it. */
  editors: Map<Element, string>;
}

export function useWritten(): Written {
  const began = useRef<Beginning>({ isTouched: false, values: '', editors: new Map() });
  const shown = useRef<HTMLElement | null>(null);
  const form = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    shown.current = element;
    began.current = { isTouched: false, values: valuesOf(element), editors: editorsIn(element) };
    const begin = (event: Event) => {
      if (event instanceof KeyboardEvent && WALKING.has(event.key)) return;
      if (began.current.isTouched) return beginIn(event.target, began.current);
      began.current = { isTouched: true, values: valuesOf(element), editors: editorsIn(element) };
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
    const { isTouched, values, editors } = began.current;
    if (!isTouched || shown.current === null) return false;
    return values !== valuesOf(shown.current) || [...editors].some(isOtherThan);
  };
  const clear = () => {
    began.current.isTouched = false;
  };
  return { form, isWritten, clear };
}

function beginIn(target: EventTarget | null, { editors }: Beginning): void {
  const editor = target instanceof Element ? target.closest(EDITORS) : null;
  if (editor && !editors.has(editor)) editors.set(editor, textOf(editor));
}

/** What has gone may have been written in. */
function isOtherThan([editor, text]: [Element, string]): boolean {
  return !editor.isConnected || textOf(editor) !== text;
}

function editorsIn(form: HTMLElement): Map<Element, string> {
  return new Map([...form.querySelectorAll(EDITORS)].map((editor) => [editor, textOf(editor)]));
}

function textOf(editor: Element): string {
  return editorTexts.get(editor)?.() ?? editor.textContent;
}

function valuesOf(form: HTMLElement): string {
  return JSON.stringify([...form.querySelectorAll<HTMLElement>(FIELDS)].map(writtenIn));
}

function writtenIn(field: HTMLElement): string | boolean | null {
  if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')) return field.checked;
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)
    return field.value;
  return null;
}
