/** What the plugin brings to the web UI, and who sees it; `ui/` draws it. */
import type { PluginPages } from 'patchbay-platform/plugin';

export const pages: PluginPages = {
  folder: new URL('./pages/', import.meta.url),
  navigation: [
    {
      id: 'notes',
      path: '/sample',
      title: { en: 'Notes', zh: '笔记' },
      icon: 'message',
      access: { scope: 'sample:read', tenant: true },
    },
  ],
};
