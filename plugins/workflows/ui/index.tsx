/** Registration of the pages about workflows: definitions, executions, secrets, decisions. */
import { definePages } from 'patchbay/ui';

export default definePages({
  name: 'workflows',
  routes: [{ path: '/workflows/$namespace/$name', page: () => import('./pages/Workflow.tsx') }],
  locales: { en: () => import('./locales/en.json'), zh: () => import('./locales/zh.json') },
});
