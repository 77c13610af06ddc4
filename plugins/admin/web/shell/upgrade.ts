/** The page is loaded anew, once, when its files are gone after an upgrade of the server, or a second try finds one not loaded. */

import { answers, suspectServer } from '../client/server-reach.ts';

const KEY = 'patchbay.reloaded';
/** A second failure within this time is no upgrade. */
const AGAIN_MS = 20_000;
/** Browsers name the file by its address, Vite a style sheet by its path; Safari names none. */
const NAMED_FILE = /(?:https?:\/)?\/\S+/;

/** What failed to load: browsers do not ask for it a second time. */
const failed = new Set<string>();

export function reloadAfterUpgrade(): void {
  addEventListener('vite:preloadError', ({ payload }) => {
    const before = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - before < AGAIN_MS) return;
    void reloadIfGone(NAMED_FILE.exec(payload.message)?.[0]);
  });
}

/** A server that is gone, or starting, is no upgrade: the page that is there is better than the browser's own about a failure. */
async function reloadIfGone(file: string = ''): Promise<void> {
  const isTriedAgain = failed.has(file);
  failed.add(file);
  if (!(await answers())) return suspectServer();
  if (file && !isTriedAgain && !(await isMissing(file))) return;
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
}

async function isMissing(file: string): Promise<boolean> {
  try {
    return (await fetch(new URL(file, location.href), { method: 'HEAD', cache: 'no-store' })).status === 404;
  } catch {
    return false;
  }
}
