/** What the web UI shows of AI replies. Who sees an entry is who may read what is behind it. */
import type { PluginPages } from '#core/plugin.ts';
import { AI_READ } from './access.ts';

export const pages: PluginPages = {
  navigation: [
    {
      ...{ id: 'models', title: { en: 'Models', zh: '模型' }, path: '/ai/models', icon: 'cpu' },
      ...{ order: 50, access: AI_READ },
    },
    {
      ...{ id: 'tools', title: { en: 'Tools', zh: '工具' }, path: '/ai/tools', icon: 'tool' },
      ...{ order: 60, access: AI_READ },
    },
    {
      ...{ id: 'costs', title: { en: 'Costs', zh: '费用' }, path: '/ai/costs', icon: 'coins' },
      ...{ order: 70, access: AI_READ },
    },
  ],
  cards: [{ id: 'today', title: { en: 'AI today', zh: '今日 AI' }, access: AI_READ }],
};
