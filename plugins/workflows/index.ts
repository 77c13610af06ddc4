/** Durable workflows: the CNCF Serverless Workflow DSL, with every plugin's functions as steps and events as triggers. */
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { approvals } from './approvals/index.ts';
import { WorkflowsConfig } from './config.ts';
import { definitions } from './definitions/index.ts';
import { engine } from './engine/index.ts';
import { erasures } from './erasure.ts';
import { executions } from './executions/index.ts';
import { mcp } from './mcp/index.ts';
import { pages } from './pages.ts';
import { sandbox } from './sandbox/index.ts';
import type { WorkflowsScope } from './scope.ts';
import { summaries } from './summaries.ts';
import { triggers } from './triggers/index.ts';

export default definePlugin({
  name: 'workflows',
  summary: 'Durable workflows that connect everything',
  summaries,
  requires: ['auth'],
  config: WorkflowsConfig,
  migrations: new URL('./migrations/', import.meta.url),
  parts: [definitions, triggers, approvals, executions, mcp, engine, sandbox],
  on: erasures,
  pages,
  scopes: {
    'workflows:read': 'See workflows and their executions',
    'workflows:manage': 'Publish and change workflows and their secrets',
    'workflows:run': 'Start and steer executions',
  },
  async openDoors({ workflowDefinitions }: WorkflowsScope) {
    const { total, first } = await workflowDefinitions.openHooks();
    if (total === 0) return [];
    const what = total === 1 ? '1 workflow by its hook' : '{total} workflows by their hooks';
    const others = total > first.length;
    return [
      {
        name: `workflows.openHooks${others ? 'AndOthers' : ''}`,
        text: `anybody may start ${what}: {first}${others ? ' and others' : ''}`,
        values: { total, first: first.join(', ') },
      },
    ];
  },
  // After all parts: what the folder publishes may start at once.
  start: ({ workflowFolder }: WorkflowsScope) => workflowFolder.begin(),
  async stop({ workflowFolder }: WorkflowsScope) {
    workflowFolder.end();
  },
});
