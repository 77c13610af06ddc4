/**
 * What pages may weigh, in KB of gzip: a build that is heavier fails, and says which page. Counted is what a page imports at
 * once, workers among it; `npm run bench:ui` measures in a browser what is loaded in all.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { BuildReport, Files } from '../../built.ts';

const KB = 1024;
const LARGEST = { entry: 152, signIn: 180, dashboard: 260, editor: 300, page: 100 } as const;
const EDITOR = /\/edit$|\/workflows\/new$/;

export interface Weight {
  what: string;
  kilobytes: number;
  limit: number;
}

export function budgets(): Plugin {
  let folder = '';
  return {
    name: 'patchbay-budgets',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle: {
      order: 'post',
      handler() {
        // A build that failed says why itself.
        if (!existsSync(join(folder, 'report.json'))) return;
        const over = weigh(folder).filter(({ kilobytes, limit }) => kilobytes > limit);
        const lines = over.map(({ what, kilobytes, limit }) => `${what}: ${kilobytes.toFixed(1)} KB, at most ${limit}`);
        if (lines.length > 0) throw new Error(`Pages are too heavy (gzip):\n${lines.join('\n')}`);
      },
    },
  };
}

/** All that has a limit, of what was built into the folder. */
export function weigh(folder: string): Weight[] {
  const report: BuildReport = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  const { entry, shell, signIn, pages } = report;
  const base = [entry, shell];
  const of = (path: string): Files[] => pages.filter((page) => page.path === path).map(({ files }) => files);
  return [
    { what: 'the entry', kilobytes: sum([entry]), limit: LARGEST.entry },
    { what: 'signing in, in all', kilobytes: sum([entry, signIn, ...of('/sign-in')]), limit: LARGEST.signIn },
    { what: 'the dashboard, in all', kilobytes: sum([...base, ...of('/')]), limit: LARGEST.dashboard },
    ...pages.map(({ path, files }) => ({
      what: `${path}, its own part`,
      kilobytes: sum([...base, files]) - sum(base),
      limit: EDITOR.test(path) ? LARGEST.editor : LARGEST.page,
    })),
  ];

  function sum(parts: readonly Files[]): number {
    return (
      [...new Set(parts.flatMap(({ scripts }) => scripts))].reduce((total, script) => total + size(script), 0) / KB
    );
  }

  function size(script: string): number {
    const file = join(folder, script);
    return statSync(existsSync(`${file}.gz`) ? `${file}.gz` : file).size;
  }
}
