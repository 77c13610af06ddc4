/** After an upgrade of the server the files of the old pages are gone: the page is loaded anew, once. */

import { answers, suspectServer } from '../client/server-reach.ts';

const KEY = 'patchbay.reloaded';
/** A second failure within this time is no upgrade. */
const AGAIN_MS = 20_000;

export function reloadAfterUpgrade(): void {
  addEventListener('vite:preloadError', () => {
    const before = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - before < AGAIN_MS) return;
    void reloadIfThere();
  });
}

/** A server that is gone is no upgrade: the page that is there is better than the browser's own about a failure. */
async function reloadIfThere(): Promise<void> {
  if (!(await answers())) return suspectServer();
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
}
