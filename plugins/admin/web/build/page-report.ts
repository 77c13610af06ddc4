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
  const byModule = (end: string) => chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(end));
  const files = (chunk: Chunk | undefined): Files => (chunk ? filesOf(chunk, bundle) : { scripts: [], styles: [] });
  const entry = chunks.find(({ isEntry, facadeModuleId }) => isEntry && facadeModuleId?.endsWith('/web/main.tsx'));
  return {
    entry: files(entry),
    shell: files(byModule('/web/shell/layout.tsx')),
    signIn: files(byModule('/web/shell/public-layout.tsx')),
    pages: routes.map(({ path, module, isPublic }) => ({
      path,
      isPublic,
      files: files(chunks.find((one) => one.facadeModuleId === module)),
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
