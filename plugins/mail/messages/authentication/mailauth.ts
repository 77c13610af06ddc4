/**
 * mailauth without its logos (BIMI), which nobody asks for here: what reads their certificates is two thirds of what it
 * loads, 12 MB and 0.15 s in every thread.
 */
import Module, { createRequire } from 'node:module';

/** Files of mailauth, from where it begins. They move with a new version: then this says that they are not there. */
const LOGOS = ['./bimi', './bimi/validate-svg'];

/** The library, loaded once in each thread. Without `disableBimi` what it has of logos throws. */
export async function loadMailauth(): Promise<typeof import('mailauth')> {
  const require = createRequire(import.meta.resolve('mailauth'));
  for (const file of LOGOS.map((path) => require.resolve(path))) {
    require.cache[file] ??= Object.assign(new Module(file), { loaded: true });
  }
  return import('mailauth');
}
