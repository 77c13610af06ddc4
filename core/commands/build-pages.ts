/**
 * `patchbay build-pages [FOLDER]`: builds the pages of a plugin, `ui/index.tsx`, into its folder `pages/`, which `pages.folder`
 * names. What the shell shares (React, Mantine, the kit) stays an import by its bare name, so that there is one of each. By
 * the Vite that the plugin has in its node_modules, or this checkout.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../errors.ts';
import { refuseOldImport } from '../loading/old-name.ts';
import { resolveFrom } from '../loading/shared-modules.ts';
import { SHARED_MODULES } from '../pages/pages.ts';

/** As far as it is used here: Vite is the plugin's own. */
interface Vite {
  build(options: object): Promise<unknown>;
}

interface BuiltFiles {
  [name: string]: { type: string; isEntry?: boolean; code?: string };
}

export async function buildPages(folder = '.'): Promise<void> {
  const home = resolve(folder);
  const entry = join(home, 'ui', 'index.tsx');
  if (!existsSync(entry)) throw new ConfigError(`There are no pages: ${entry} does not exist`);
  const { build } = await viteOf(home);
  await build({
    configFile: false,
    root: home,
    logLevel: 'warn',
    plugins: [refusedOldName(), withStyles()],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: join(home, 'pages'),
      emptyOutDir: true,
      target: 'es2024',
      assetsInlineLimit: 0,
      lib: { entry, formats: ['es'], fileName: () => 'index.js', cssFileName: 'index' },
      rolldownOptions: { external: [...SHARED_MODULES] },
    },
  });
}

async function viteOf(home: string): Promise<Vite> {
  for (const place of [pathToFileURL(`${home}/`), new URL('../../', import.meta.url)]) {
    try {
      return await import(resolveFrom(place, 'vite'));
    } catch {
      // In the next place, then.
    }
  }
  throw new ConfigError(`Building pages needs Vite: run \`npm install --save-dev vite\` in ${home}`);
}

/** Of a bundler's own accord it would say that `patchbay-platform/ui` is not installed. */
function refusedOldName() {
  return {
    name: 'patchbay-old-name',
    enforce: 'pre',
    resolveId(id: string, importer?: string) {
      refuseOldImport(id, importer && pathToFileURL(importer).href);
      return null;
    },
  };
}

/** A module brings its style sheet along: it is beside it, and loaded with it. */
function withStyles() {
  return {
    name: 'patchbay-styles',
    generateBundle(_options: unknown, bundle: BuiltFiles) {
      if (!Object.keys(bundle).includes('index.css')) return;
      const main = bundle['index.js'];
      if (main) main.code = `${LOAD_STYLES}\n${main.code}`;
    },
  };
}

const LOAD_STYLES = `document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('index.css', import.meta.url).href }));`;
