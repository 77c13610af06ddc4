/** What workflows bring to the web UI. Whoever may not see them meets no entry of theirs. */
import type { PluginPages } from '#core/plugin.ts';
import { MANAGE, READ } from './access.ts';

const PEOPLE = { kinds: ['user'] } as const;

export const pages: PluginPages = {
  navigation: [
    {
      id: 'workflows',
      path: '/workflows',
      icon: 'route',
      order: 10,
      access: READ,
      title: { en: 'Workflows', zh: '工作流' },
    },
    {
      id: 'executions',
      path: '/executions',
      icon: 'activity',
      order: 20,
      access: READ,
      title: { en: 'Executions', zh: '执行记录' },
    },
    {
      id: 'approvals',
      path: '/approvals',
      icon: 'checklist',
      order: 30,
      access: PEOPLE,
      title: { en: 'Approvals', zh: '审批' },
    },
    {
      id: 'secrets',
      path: '/workflow-secrets',
      icon: 'lock',
      order: 40,
      access: MANAGE,
      title: { en: 'Workflow secrets', zh: '工作流密钥' },
    },
  ],
  commands: [
    {
      id: 'goWorkflows',
      path: '/workflows',
      shortcut: 'g w',
      access: READ,
      title: { en: 'Go to workflows', zh: '前往工作流' },
    },
    {
      id: 'goExecutions',
      path: '/executions',
      shortcut: 'g e',
      access: READ,
      title: { en: 'Go to executions', zh: '前往执行记录' },
    },
    {
      id: 'newWorkflow',
      path: '/workflows/new',
      access: MANAGE,
      title: { en: 'New workflow', zh: '新建工作流' },
    },
    {
      id: 'examples',
      path: '/workflows/examples',
      access: READ,
      title: { en: 'Examples of workflows', zh: '工作流示例' },
    },
  ],
  cards: [{ id: 'executionsToday', title: { en: 'Executions today', zh: '今日执行' }, width: 1, access: READ }],
};
