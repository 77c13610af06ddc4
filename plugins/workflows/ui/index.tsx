/** Registration of the pages about workflows: definitions, executions, secrets, decisions. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'workflows',
  routes: [
    { path: '/automations/workflows', page: () => import('./pages/workflows.tsx') },
    { path: '/automations/examples', page: () => import('./pages/examples.tsx') },
    { path: '/workflows/approve', page: () => import('./pages/approve.tsx'), isPublic: true },
    { path: '/automations/workflows/new', page: () => import('./pages/new-workflow.tsx') },
    { path: '/automations/workflows/$namespace/$name/edit', page: () => import('./pages/editor.tsx') },
    { path: '/automations/workflows/$namespace/$name', page: () => import('./pages/workflow.tsx') },
    { path: '/automations/secrets', page: () => import('./pages/secrets.tsx') },
    { path: '/automations/runs', page: () => import('./pages/executions.tsx') },
    { path: '/automations/runs/$id', page: () => import('./pages/execution.tsx') },
    { path: '/automations/approvals', page: () => import('./pages/approvals.tsx') },
  ],
  moved: {
    '/workflows': '/automations/workflows',
    '/workflows/examples': '/automations/examples',
    '/workflow-secrets': '/automations/secrets',
    '/executions': '/automations/runs',
    '/approvals': '/automations/approvals',
  },
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { executionsToday: () => import('./parts/executions-today.tsx') },
  find: async (...asked) => (await import('./parts/find.ts')).findWorkflows(...asked),
});
