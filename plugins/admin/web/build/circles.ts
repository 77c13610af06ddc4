/**
 * Files that import each other in a circle begin before what they need is there, in whichever order they come: a build with
 * such files fails. They arise where modules are put together into one file, and one of them needs a module outside that
 * needs another of them.
 */
import type { Plugin } from 'vite';

export function circles(): Plugin {
  return {
    name: 'patchbay-circles',
    generateBundle(_, bundle) {
      const imports = new Map<string, readonly string[]>();
      for (const output of Object.values(bundle))
        if (output.type === 'chunk') imports.set(output.fileName, output.imports);
      const circle = circleIn(imports);
      if (circle) this.error(`Files import each other in a circle: ${circle.join(' → ')}`);
    },
  };
}

/** The files of one circle, the first of them at its end again; null when there is none. */
export function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const way: string[] = [];
  for (const file of imports.keys()) {
    const found = follow(file);
    if (found) return found;
  }
  return null;

  function follow(file: string): string[] | null {
    if (done.has(file)) return null;
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    way.push(file);
    for (const next of imports.get(file) ?? []) {
      const found = follow(next);
      if (found) return found;
    }
    way.pop();
    done.add(file);
    return null;
  }
}
