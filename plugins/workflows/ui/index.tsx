/** Registration of the pages about workflows: definitions, executions, secrets, decisions. */
import { definePages } from 'patchbay-platform/ui';

export default definePages({
  name: 'workflows',
  routes: [
    { path: '/workflows', page: () => import('./pages/workflows.tsx') },
    { path: '/workflows/examples', page: () => import('./pages/examples.tsx') },
    { path: '/workflows/approve', page: () => import('./pages/approve.tsx'), isPublic: true },
    { path: '/workflows/new', page: () => import('./pages/new-workflow.tsx') },
    { path: '/workflows/$namespace/$name/edit', page: () => import('./pages/editor.tsx') },
    { path: '/workflows/$namespace/$name', page: () => import('./pages/workflow.tsx') },
    { path: '/workflow-secrets', page: () => import('./pages/secrets.tsx') },
    { path: '/executions', page: () => import('./pages/executions.tsx') },
    { path: '/executions/$id', page: () => import('./pages/execution.tsx') },
    { path: '/approvals', page: () => import('./pages/approvals.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { executionsToday: () => import('./parts/executions-today.tsx') },
  find: async (text, signal) => (await import('./parts/find.ts')).findWorkflows(text, signal),
});
