/**
 * Files that import each other in a circle begin before what they need is there, in whichever order they come: a build with
 * such files fails. They arise where modules are put together into one file, and one of them needs a module outside that
 * needs another of them.
 */
import type { Plugin } from 'vite';

const MOST_NAMED = 5;

export function circles(): Plugin {
  return {
    name: 'patchbay-circles',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const circle = circleIn(new Map(chunks.map(({ fileName, imports }) => [fileName, imports])));
      if (!circle) return;
      const modulesOf = (file: string | undefined) => chunks.find(({ fileName }) => fileName === file)?.moduleIds ?? [];
      const reasons = circle.slice(1).map((file, index) => {
        const there = new Set(modulesOf(file));
        const uses = modulesOf(circle[index]).flatMap((id) =>
          (this.getModuleInfo(id)?.importedIds ?? [])
            .filter((one) => there.has(one))
            .map((one) => `${id} needs ${one}`),
        );
        return `${circle[index]} → ${file}:\n  ${uses.slice(0, MOST_NAMED).join('\n  ')}`;
      });
      this.error(`Files import each other in a circle:\n${reasons.join('\n')}`);
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
