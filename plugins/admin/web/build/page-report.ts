/**
 * Says which files the entry, the shell, signing in and each page need, so that the server names them in the page before the
 * browser finds out. The pages are read in the registrations: `{ path: '/users', page: () => import('./pages/users.tsx') }`.
 */
import type { Plugin, Rolldown } from 'vite';
import type { BuildReport, Files } from '../../built.ts';
import { sharedName } from './host-modules.ts';

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk;

interface Route {
  path: string;
  module: string;
  isPublic: boolean;
}

const REGISTRATION = /\/plugins\/[\w-]+\/ui\/index\.tsx$/;
const ROUTE = /path:\s*'(?<path>[^']+)'[^}]*?import\('(?<module>[^']+)'\)(?<public>,\s*isPublic: true)?/g;

export function pageReport(): Plugin {
  const routes: Route[] = [];
  return {
    name: 'patchbay-page-report',
    enforce: 'pre',
    async transform(code, id) {
      if (!REGISTRATION.test(id)) return;
      for (const { groups } of code.matchAll(ROUTE)) {
        const resolved = await this.resolve(groups?.module ?? '', id);
        if (groups?.path && resolved)
          routes.push({ path: groups.path, module: resolved.id, isPublic: groups.public !== undefined });
      }
    },
    generateBundle(_options, bundle) {
      const report = reportOf(bundle, routes);
      this.emitFile({ type: 'asset', fileName: 'report.json', source: JSON.stringify(report, null, 1) });
    },
  };
}

function reportOf(bundle: Bundle, routes: readonly Route[]): BuildReport {
  const chunks = Object.values(bundle).filter((one): one is Chunk => one.type === 'chunk');
  const files = (chunk: Chunk | undefined): Files => (chunk ? filesOf(chunk, bundle) : { scripts: [], styles: [] });
  const page = (module: string) => files(chunks.find(({ facadeModuleId }) => facadeModuleId === module));
  // The file in which the first module stands runs it: the one that is named after it would be a request for one line.
  const holding = (end: string) => files(chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(end))));
  return {
    entry: holding('/web/main.tsx'),
    shell: holding('/web/shell/layout.tsx'),
    signIn: page(routes.find(({ path }) => path === '/sign-in')?.module ?? ''),
    pages: routes.map(({ path, module, isPublic }) => ({
      path,
      isPublic,
      files: page(module),
    })),
    imports: Object.fromEntries(
      chunks.flatMap(({ facadeModuleId, fileName }) => {
        const name = sharedName(facadeModuleId);
        return name === null ? [] : [[name, `/${fileName}`]];
      }),
    ),
  };
}

/** The chunk itself first, then what it imports at once, and the styles of all of them. */
function filesOf(chunk: Chunk, bundle: Bundle, seen = new Set<string>()): { scripts: string[]; styles: string[] } {
  if (seen.has(chunk.fileName)) return { scripts: [], styles: [] };
  seen.add(chunk.fileName);
  const css = chunk.viteMetadata?.importedCss ?? new Set<string>();
  const scripts = [`/${chunk.fileName}`];
  const styles = [...css].map((file) => `/${file}`);
  for (const name of chunk.imports) {
    const imported = bundle[name];
    if (imported?.type !== 'chunk') continue;
    const more = filesOf(imported, bundle, seen);
    scripts.push(...more.scripts);
    styles.push(...more.styles);
  }
  return { scripts, styles };
}
