/** Keys of a page: shown by `?`, off while somebody writes, and off for who does not want them (WCAG 2.1.4). */
import { useLayoutEffect, useRef } from 'react';
import { store, storedValue } from '../client/store.ts';

export interface Shortcut {
  /** `g m`: one after the other; `j`: alone; `mod+s`: with ⌘ or Ctrl, also while somebody writes. */
  keys: string;
  title: string;
  run(): void;
}

type Switch = 'on' | 'off';
export const shortcutsSwitch = storedValue<Switch>(
  'patchbay.shortcuts',
  'on',
  (text): text is Switch => text === 'on' || text === 'off',
);
/** All that are in force on the screen. */
export const shortcuts = store<readonly Shortcut[]>([]);

/** How long the second key of two may take. */
const SEQUENCE_MS = 1_200;
let first = '';
let firstAt = 0;

export function useShortcuts(mine: readonly Shortcut[]): void {
  const latest = useRef(mine);
  latest.current = mine;
  const key = mine.map(({ keys, title }) => `${keys} ${title}`).join('\n');
  // Before the page is painted: who sees it may press a key.
  useLayoutEffect(() => {
    const own = latest.current.map(({ keys, title }) => ({
      keys,
      title,
      run: () => latest.current.find((one) => one.keys === keys)?.run(),
    }));
    if (key !== '') shortcuts.set([...shortcuts.get(), ...own]);
    return () => shortcuts.set(shortcuts.get().filter((one) => !own.includes(one)));
  }, [key]);
}

/** Listens for all of them; the shell calls it once. */
export function listenForShortcuts(): void {
  addEventListener('keydown', (event) => {
    const keys = keysOf(event);
    if (!keys || event.defaultPrevented) return;
    const isMod = keys.startsWith('mod+');
    if (!isMod && (isWriting(event.target) || shortcutsSwitch.get() === 'off')) return;
    // It is the key of whatever has the focus and can be pressed.
    if (keys === 'Enter' && event.target instanceof Element && event.target.closest('a, button, summary')) return;
    const both = event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${keys}` : '';
    // The last that was declared stands on top.
    const found =
      shortcuts.get().findLast((one) => one.keys === both) ?? shortcuts.get().findLast((one) => one.keys === keys);
    first = found ? '' : keys;
    firstAt = event.timeStamp;
    if (!found) return;
    event.preventDefault();
    found.run();
  });
}

function keysOf({ key, metaKey, ctrlKey, altKey }: KeyboardEvent): string | null {
  if (altKey || ['Shift', 'Control', 'Meta', 'Alt'].includes(key)) return null;
  return metaKey || ctrlKey ? `mod+${key.toLowerCase()}` : key;
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('[role=dialog]') !== null
  );
}
