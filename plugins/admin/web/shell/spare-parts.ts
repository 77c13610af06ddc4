/** What is drawn when something is wrong is there before it is: from a server that is gone nothing can be fetched. */
export function loadSpareParts(): void {
  void import('./not-found.tsx').catch(() => undefined);
  // What somebody does is answered by a message.
  for (const act of ['pointerdown', 'keydown']) addEventListener(act, loadMessages, { once: true });
}

function loadMessages(): void {
  void import('./messages.tsx').catch(() => undefined);
}
