/** Packages that a start does not need: each is loaded when it is first used. */
import { createRequire } from 'node:module';
import { madeOfPackage } from './quick-imports.ts';

/**
 * Gives the package `name`, loaded once, when it is first asked for; `from` is the caller's `import.meta.url`.
 * Not awaited, so that what was no promise before is none now.
 */
export function lazily<Package>(name: string, from: string): () => Package {
  let loaded: Package | undefined;
  return () => {
    loaded ??= createRequire(from)(madeOfPackage(name) ?? name) as Package;
    return loaded;
  };
}
