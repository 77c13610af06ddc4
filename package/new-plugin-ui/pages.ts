/** What the plugin brings to the web UI, and who sees it; `ui/` draws it. */
import type { PluginPages } from 'patchbay-platform/plugin';

export const pages: PluginPages = {
  folder: new URL('./pages/', import.meta.url),
  navigation: [
    {
      id: 'notes',
      path: '/sample',
      title: { en: 'Notes', zh: '笔记' },
      // Where it is in the menu: one of the platform's areas (`home`, `inbox`, `mail`, `automations`, `assistants`, `sales`,
      // `settings`, `status`), or one of `areas`. Without it the plugin has an area of its own, called as this page.
      area: 'automations',
      icon: 'message',
      words: { en: 'remarks memo', zh: '备忘 记录' },
      access: { scope: 'sample:read', tenant: true },
    },
  ],
};
