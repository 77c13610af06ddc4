/** What the web UI shows of itself: the start, and the pages for operators. */
import type { PluginPages } from '#core/plugin.ts';

export const pages: PluginPages = {
  navigation: [
    { id: 'dashboard', title: { en: 'Dashboard', zh: '概览' }, path: '/', section: 'start', icon: 'home', order: 1 },
  ],
  commands: [{ id: 'goDashboard', title: { en: 'Go to the dashboard', zh: '前往概览' }, path: '/', shortcut: 'g d' }],
};
