/** Registration of the pages about AI: how robots answer, from what, by which models, and what it costs. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'ai-replies',
  routes: [
    { path: '/assistants/answering', page: () => import('./pages/answering.tsx') },
    { path: '/assistants/answering/$id', page: () => import('./pages/policy.tsx') },
    { path: '/inbox/drafts', page: () => import('./pages/drafts.tsx') },
    { path: '/assistants/knowledge', page: () => import('./pages/knowledge.tsx') },
    { path: '/assistants/knowledge/$id', page: () => import('./pages/base.tsx') },
    { path: '/assistants/knowledge/documents/$id', page: () => import('./pages/document.tsx') },
    { path: '/assistants/knowledge/tests/$id', page: () => import('./pages/test-set.tsx') },
    { path: '/settings/ai/models', page: () => import('./pages/models.tsx') },
    { path: '/assistants/tools', page: () => import('./pages/tools.tsx') },
    { path: '/settings/ai/consent', page: () => import('./pages/consent.tsx') },
    { path: '/settings/ai/costs', page: () => import('./pages/costs.tsx') },
  ],
  moved: {
    '/ai/answering': '/assistants/answering',
    '/ai/drafts': '/inbox/drafts',
    '/ai/knowledge': '/assistants/knowledge',
    '/ai/models': '/settings/ai/models',
    '/ai/tools': '/assistants/tools',
    '/ai/costs': '/settings/ai/costs',
  },
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  places: {
    'robots.timeline': () => import('./suggest/waiting-draft.tsx'),
    'robots.answer': () => import('./suggest/conversation.tsx'),
    'robots.answering': () => import('./answering/robot-rules.tsx'),
    'mail.answer': () => import('./suggest/mail.tsx'),
  },
  steps: { 'ai-replies.model': () => import('./steps/model.tsx') },
  cards: { today: () => import('./parts/today-card.tsx') },
});
