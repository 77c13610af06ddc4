/** Where the focus goes when a dialog is gone that was open from its first moment. */
import { useEffect } from 'react';

/** Mantine gives the focus back a moment after a dialog has closed, and so does this: what closes it may put it elsewhere. */
const MOMENT_MS = 10;

/**
 * Gives the focus back to what had it when the component came, once it has gone. Dialogs of Mantine do that themselves where
 * they stay and only close, not where they are taken away.
 */
export function useFocusBack(): void {
  useEffect(() => {
    const before = ownerOf(document.activeElement);
    return () => {
      setTimeout(() => {
        const isLost = document.activeElement === null || document.activeElement === document.body;
        if (isLost && before?.isConnected) before.focus({ preventScroll: true });
      }, MOMENT_MS);
    };
  }, []);
}

/** The menu that an entry was chosen from closes too: its button stays. */
function ownerOf(element: Element | null): HTMLElement | null {
  const button = element?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  const owner = button ? document.getElementById(button) : element;
  return owner instanceof HTMLElement ? owner : null;
}
