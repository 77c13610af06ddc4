/** The web UI: one shell in which the pages of every plugin hang. */
import { definePlugin } from '#core/plugin.ts';
import { ASSETS, checkBuilt } from './built.ts';
import { pages } from './pages.ts';
import { createShell } from './shell.ts';
import { summaries } from './summaries.ts';

export default definePlugin({
  name: 'admin',
  summary: 'The web UI: pages of every plugin, for everybody by their role',
  summaries,
  requires: ['auth'],
  staticFolders: [ASSETS],
  shell: createShell,
  pages,
  check: checkBuilt,
});
