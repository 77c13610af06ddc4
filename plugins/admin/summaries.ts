/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';

export const summaries: Summaries = {
  zh: {
    admin: '网页界面：各插件的页面，按角色显示',
    'plugins.admin.enabled': '网页界面',
  },
};
