/** Registration of the pages about AI: how robots answer, from what, by which models, and what it costs. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'ai-replies',
  routes: [
    { path: '/ai/answering', page: () => import('./pages/answering.tsx') },
    { path: '/ai/answering/$id', page: () => import('./pages/policy.tsx') },
    { path: '/ai/drafts', page: () => import('./pages/drafts.tsx') },
    { path: '/ai/knowledge', page: () => import('./pages/knowledge.tsx') },
    { path: '/ai/knowledge/$id', page: () => import('./pages/base.tsx') },
    { path: '/ai/knowledge/documents/$id', page: () => import('./pages/document.tsx') },
    { path: '/ai/knowledge/tests/$id', page: () => import('./pages/test-set.tsx') },
    { path: '/ai/models', page: () => import('./pages/models.tsx') },
    { path: '/ai/tools', page: () => import('./pages/tools.tsx') },
    { path: '/ai/costs', page: () => import('./pages/costs.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  places: {
    'robots.answer': () => import('./suggest/conversation.tsx'),
    'mail.answer': () => import('./suggest/mail.tsx'),
  },
  cards: { today: () => import('./parts/today-card.tsx') },
});
