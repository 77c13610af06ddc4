/** Which Patchbay this is. */
import { createRequire } from 'node:module';

let version: string | undefined;

/** Patchbay's own version, from package.json. */
export function coreVersion(): string {
  version ??= String(createRequire(import.meta.url)('../package.json').version);
  return version;
}
