/** What is drawn when something is wrong is there before it is: from a server that is gone nothing can be fetched. */
export function loadSpareParts(): void {
  const parts = [import('../kit/states.tsx'), import('../kit/waiting.tsx'), import('./not-found.tsx')];
  void Promise.allSettled(parts);
}
