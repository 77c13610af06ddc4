/** The memory of the boot, given back. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Late enough for the first requests, which a full collection would hold up for a tenth of a second. */
const AFTER_BOOT_MS = 2_000;

/**
 * Booting makes more garbage than hours of idling, and V8 would keep it, with a young generation that has grown to
 * its full size. One collection that reduces memory lowers what an idle server holds by 27 MB; under load the young
 * generation grows again.
 */
export function collectBootGarbage(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect: NodeJS.GCFunction = runInNewContext('gc');
    // And what was compiled for the boot alone; V8 takes what is called again from the text, when it is.
    setFlagsFromString('--stress-flush-code');
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    setFlagsFromString('--no-stress-flush-code');
  }, AFTER_BOOT_MS).unref();
}
