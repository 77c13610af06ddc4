/** After an upgrade of the server the files of the old pages are gone: the page is loaded anew, once. */

const KEY = 'patchbay.reloaded';
/** A second failure within this time is no upgrade. */
const AGAIN_MS = 20_000;

export function reloadAfterUpgrade(): void {
  addEventListener('vite:preloadError', (event) => {
    const before = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - before < AGAIN_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    event.preventDefault();
    location.reload();
  });
}
