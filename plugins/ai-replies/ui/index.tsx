/** Registration of the pages about AI: models, what they cost, and the tools that they may call. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'ai-replies',
  routes: [
    { path: '/ai/models', page: () => import('./pages/Models.tsx') },
    { path: '/ai/tools', page: () => import('./pages/Tools.tsx') },
    { path: '/ai/costs', page: () => import('./pages/Costs.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { today: () => import('./parts/TodayCard.tsx') },
});
