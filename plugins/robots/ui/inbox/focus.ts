/** Where the keyboard is in the list of conversations. */

/** The conversation of the list that has the focus. */
export function focused(): string | undefined {
  return document.activeElement instanceof HTMLElement ? document.activeElement.dataset.conversation : undefined;
}

export function focusOn(id: string): void {
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`);
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  });
}
