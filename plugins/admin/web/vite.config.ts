/**
 * How the pages are built (`npm run build:web`): the shell with the pages of all plugins of this checkout, the modules that
 * pages of third parties share with it, and a report of which files a page needs.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budgets } from './build/budgets.ts';
import { circles } from './build/circles.ts';
import { compressed } from './build/compressed.ts';
import { guides } from './build/guides.ts';
import { hostEntries, hostModules } from './build/host-modules.ts';
import { pageReport } from './build/page-report.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/** What every page runs on, in one file. */
const EVERYWHERE = [
  /\/node_modules\/(react|react-dom|scheduler|clsx|i18next|react-i18next|html-parse-stringify|void-elements|use-sync-external-store)\//,
  /\/node_modules\/@tanstack\/(react-router|router-core|history|store|react-store|query-core|react-query)\//,
  /\/node_modules\/openapi-(fetch|react-query)\//,
  /\/node_modules\/@mantine\/core\/esm\/core\/(?!Box|styles-api|factory)/,
  /\/node_modules\/@mantine\/hooks\/esm\/use-(media-query|isomorphic-effect|mutation-observer|color-scheme)\//,
  /\/plugins\/admin\/web\/client\/(?!live\.|live-event|live-stream)/,
];
/** What is around the pages of somebody who has signed in. */
const SHELL = [
  /\/node_modules\/(react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-sidecar|use-callback-ref|tslib)\//,
  /\/@mantine\/core\/esm\/components\/(AppShell|Avatar|Badge|Burger|Collapse|Kbd|NavLink|VisuallyHidden)\//,
  /\/@mantine\/hooks\/esm\/use-(debounced-callback|network)\//,
  /\/plugins\/admin\/web\/(client\/live|client\/live-stream|client\/live-event|i18n\/formats|kit\/not-live|kit\/values|kit\/written|shell\/navigation|shell\/navigation-icons|shell\/area-pages|shell\/last-pages)\.tsx?$/,
];
/** What lies over pages: dialogs, menus, hints. */
const OVER_PAGES = [
  /\/node_modules\/(@floating-ui|tabbable)\//,
  /\/@mantine\/core\/esm\/utils\/Floating\//,
  /\/@mantine\/hooks\/esm\/use-(delayed-hover|focus-trap|long-press)\//,
  /\/@mantine\/core\/esm\/components\/(FocusTrap|Floating|Menu|Modal|ModalBase|Overlay|Popover|Portal|Tooltip|ScrollArea(?!\/utils\/to-int))\//,
];
/** But for that of mail, which signing in has too. */
const NAVIGATION_ICONS = [
  ...readFileSync(`${here}shell/navigation-icons.ts`, 'utf8').matchAll(/\/(?<file>Icon(?!Mail\.)\w+\.mjs)'/g),
].map(({ groups }) => new RegExp(`/icons/${groups?.file}`));
/** Small parts of nearly every page: one file of them is smaller than thirty, and sooner there. */
const NEARLY_EVERYWHERE = [
  /\/@mantine\/core\/esm\/components\/(ActionIcon|Alert|Anchor|Breadcrumbs|Button|Card|Center|CloseButton|Code|Container|CopyButton|Divider|Group|Input|InputBase|Loader|Paper|PasswordInput|Skeleton|Stack|Text|TextInput|ThemeIcon|Title|Transition|UnstyledButton)\//,
  /\/@mantine\/core\/esm\/core\/(Box|styles-api|factory)\//,
  /\/@mantine\/hooks\/esm\/use-(clipboard|id|merged-ref|reduced-motion|uncontrolled|window-event)\//,
  /\/@tabler\/icons-react\/dist\/esm\/(createReactComponent|defaultAttributes|icons\/Icon(Check|Copy|Mail)\.)/,
  /\/plugins\/admin\/web\/kit\/(copy|link|message|page|panel|states|trail|use-router|waiting)\.tsx?$/,
];

export default defineConfig({
  root,
  base: '/',
  publicDir: `${here}public`,
  appType: 'custom',
  plugins: [react(), guides(root), hostModules(), circles(), pageReport(), compressed(), budgets()],
  resolve: { alias: { 'patchbay-platform/ui': `${here}kit/index.ts` } },
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
            { name: 'base', test: oneOf(EVERYWHERE) },
            { name: 'over', test: oneOf(OVER_PAGES) },
            { name: 'shell', test: oneOf([...SHELL, ...NAVIGATION_ICONS]) },
            { name: 'parts', test: oneOf(NEARLY_EVERYWHERE) },
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

function oneOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'));
}
