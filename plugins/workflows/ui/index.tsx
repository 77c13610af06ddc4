/** Registration of the pages about workflows: definitions, executions, secrets, decisions. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'workflows',
  routes: [
    { path: '/workflows', page: () => import('./pages/Workflows.tsx') },
    { path: '/workflows/examples', page: () => import('./pages/Examples.tsx') },
    { path: '/workflows/approve', page: () => import('./pages/Approve.tsx'), isPublic: true },
    { path: '/workflows/new', page: () => import('./pages/NewWorkflow.tsx') },
    { path: '/workflows/$namespace/$name/edit', page: () => import('./pages/Editor.tsx') },
    { path: '/workflows/$namespace/$name', page: () => import('./pages/Workflow.tsx') },
    { path: '/workflow-secrets', page: () => import('./pages/Secrets.tsx') },
    { path: '/executions', page: () => import('./pages/Executions.tsx') },
    { path: '/executions/$id', page: () => import('./pages/Execution.tsx') },
    { path: '/approvals', page: () => import('./pages/Approvals.tsx') },
  ],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
  cards: { executionsToday: () => import('./parts/executions-today.tsx') },
  find: async (text, signal) => (await import('./parts/find.ts')).findWorkflows(text, signal),
});
