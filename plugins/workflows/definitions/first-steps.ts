/** First steps: an automation. */
import type { FirstStep } from '#core/plugin.ts';
import { MANAGE, tenantOf } from '../access.ts';
import type { DefinitionsScope } from './services.ts';

export const WORKFLOW_STEP: FirstStep = {
  id: 'workflows.first',
  title: { en: 'A first automation', zh: '第一个自动化' },
  text: {
    en: 'Publish a workflow and see it run.',
    zh: '发布一个工作流并运行。',
  },
  path: '/automations/workflows',
  order: 80,
  access: MANAGE,
  async state(principal, { db }: DefinitionsScope) {
    const one = await db
      .read('workflows_workflows')
      .where({ tenant_id: tenantOf(principal) })
      .whereNotNull('active_id')
      .first('id');
    return one ? 'done' : 'open';
  },
};
