/**
 * How the pages are built (`npm run build:web`): the shell with the pages of all plugins of this checkout, the modules that
 * pages of third parties share with it, and a report of which files a page needs.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budgets } from './build/budgets.ts';
import { circles } from './build/circles.ts';
import { compressed } from './build/compressed.ts';
import { files } from './build/files.ts';
import { firstTexts } from './build/first-texts.ts';
import { guides } from './build/guides.ts';
import { hostEntries, hostModules } from './build/host-modules.ts';
import { ownStyles } from './build/own-styles.ts';
import { pageReport } from './build/page-report.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root,
  base: '/',
  publicDir: `${here}public`,
  appType: 'custom',
  plugins: [
    react(),
    guides(root),
    ownStyles(),
    firstTexts(),
    hostModules(),
    circles(),
    pageReport(),
    compressed(),
    budgets(),
  ],
  resolve: {
    alias: { 'patchbay-platform/ui': `${here}kit/index.ts`, 'react-i18next': `${here}i18n/use-translation.ts` },
  },
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
    // The first file is that large on purpose; budgets.ts says what pages may weigh.
    chunkSizeWarningLimit: 600,
    manifest: true,
    rolldownOptions: {
      input: { main: `${here}main.tsx`, ...hostEntries },
      preserveEntrySignatures: 'allow-extension',
      output: {
        chunkFileNames: ({ name }) => `assets/${name.split('~')[0]}-[hash].js`,
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: files,
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
