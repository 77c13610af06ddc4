/** The page is loaded anew, once, when its files are gone after an upgrade of the server, or cannot be had at a second try. */

import { answers, suspectServer } from '../client/server-reach.ts';

const KEY = 'patchbay.reloaded';
/** A second failure within this time is no upgrade. */
const AGAIN_MS = 20_000;
/** Browsers name the file by its address, Vite a style sheet by its path; Safari names none. */
const NAMED_FILE = /(?:https?:\/)?\/\S+/;
/** What has failed once, browsers do not ask for again, nor what needs it. */
let hasFailed = false;

export function reloadAfterUpgrade(): void {
  addEventListener('vite:preloadError', ({ payload }) => {
    const before = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - before < AGAIN_MS) return;
    void reloadIfGone(NAMED_FILE.exec(payload.message)?.[0]);
  });
}

/** A server that is gone, or starting, is no upgrade: the page that is there is better than the browser's own about a failure. */
async function reloadIfGone(file: string | undefined): Promise<void> {
  const isSecond = hasFailed;
  hasFailed = true;
  if (!(await answers())) return suspectServer();
  const status = file === undefined ? 404 : await statusOf(file);
  if (status !== 404 && !(isSecond && status === 200)) return;
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
}

/** Null when nobody answers. */
async function statusOf(file: string): Promise<number | null> {
  try {
    return (await fetch(new URL(file, location.href), { method: 'HEAD', cache: 'no-store' })).status;
  } catch {
    return null;
  }
}
