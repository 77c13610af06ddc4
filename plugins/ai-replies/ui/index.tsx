/** Registration of the pages about AI: how robots answer, from what, by which models, and what it costs. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'ai-replies',
  routes: [
    { path: '/ai/answering', page: () => import('./pages/Answering.tsx') },
    { path: '/ai/answering/$id', page: () => import('./pages/Policy.tsx') },
    { path: '/ai/drafts', page: () => import('./pages/Drafts.tsx') },
    { path: '/ai/knowledge', page: () => import('./pages/Knowledge.tsx') },
    { path: '/ai/knowledge/$id', page: () => import('./pages/Base.tsx') },
    { path: '/ai/knowledge/documents/$id', page: () => import('./pages/Document.tsx') },
    { path: '/ai/knowledge/tests/$id', page: () => import('./pages/TestSet.tsx') },
    { path: '/ai/models', page: () => import('./pages/Models.tsx') },
    { path: '/ai/tools', page: () => import('./pages/Tools.tsx') },
    { path: '/ai/costs', page: () => import('./pages/Costs.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { today: () => import('./parts/TodayCard.tsx') },
});
