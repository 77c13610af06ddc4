/**
 * How the pages are built (`npm run build:web`): the shell with the pages of all plugins of this checkout, the modules that
 * pages of third parties share with it, and a report of which files a page needs.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budgets } from './build/budgets.ts';
import { compressed } from './build/compressed.ts';
import { hostEntries, hostModules } from './build/host-modules.ts';
import { pageReport } from './build/page-report.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/** What every page runs on, in one file. */
const EVERYWHERE =
  /\/node_modules\/(react|react-dom|scheduler|i18next|react-i18next|html-parse-stringify|void-elements|use-sync-external-store|@tanstack\/(react-router|router-core|history|store|react-store))\//;
/** Small parts of nearly every page: one file of them is smaller than thirty, and sooner there. */
const NEARLY_EVERYWHERE =
  /\/@mantine\/core\/esm\/components\/(ActionIcon|Alert|Anchor|Breadcrumbs|Button|Card|Center|CloseButton|Code|Container|CopyButton|Divider|Group|Input|InputBase|Loader|Paper|PasswordInput|Skeleton|Stack|Text|TextInput|ThemeIcon|Title|Transition|UnstyledButton)\//;

export default defineConfig({
  root,
  base: '/',
  publicDir: `${here}public`,
  appType: 'custom',
  plugins: [react(), hostModules(), pageReport(), compressed(), budgets()],
  resolve: { alias: { 'patchbay/ui': `${here}kit/index.ts` } },
  build: {
    outDir: fileURLToPath(new URL('../dist/', import.meta.url)),
    emptyOutDir: true,
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    target: 'es2024',
    // The first that know light-dark(): translated, it would need a color-scheme that is written in the same sheet.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The server names what the first page needs; for the next ones a list of all files would stand in the entry.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, needed) => needed.filter((file) => file.endsWith('.css')),
    },
    reportCompressedSize: false,
    manifest: true,
    rolldownOptions: {
      input: { main: `${here}main.tsx`, ...hostEntries },
      preserveEntrySignatures: 'allow-extension',
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'base', test: EVERYWHERE },
            { name: 'parts', test: NEARLY_EVERYWHERE },
          ],
        },
      },
      // Who imports one thing of the kit gets that, not all of it.
      treeshake: {
        moduleSideEffects: [
          { test: /\/plugins\/(admin\/web\/(kit|client|i18n)|[\w-]+\/ui)\/.*\.tsx?$/, sideEffects: false },
        ],
      },
    },
  },
});
