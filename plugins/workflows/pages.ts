/** What workflows bring to the web UI. Whoever may not see them meets no entry of theirs. */
import type { PluginPages } from '#core/plugin.ts';
import { MANAGE, READ } from './access.ts';

const PEOPLE = { kinds: ['user'] } as const;

export const pages: PluginPages = {
  navigation: [
    {
      id: 'workflows',
      title: { en: 'Workflows', zh: '工作流' },
      path: '/automations/workflows',
      area: 'automations',
      icon: 'route',
      order: 10,
      access: READ,
      words: { en: 'automation flows triggers editor', zh: '自动化 流程 触发器 编辑器' },
    },
    {
      id: 'executions',
      title: { en: 'Runs', zh: '运行记录' },
      path: '/automations/runs',
      area: 'automations',
      icon: 'activity',
      order: 20,
      access: READ,
      words: { en: 'executions history failed', zh: '执行 历史 失败' },
    },
    {
      id: 'approvals',
      title: { en: 'Approvals', zh: '审批' },
      path: '/automations/approvals',
      area: 'automations',
      icon: 'checklist',
      order: 30,
      access: PEOPLE,
      words: { en: 'decisions approve tasks waiting', zh: '决定 批准 待办' },
    },
    {
      id: 'secrets',
      title: { en: 'Secrets', zh: '工作流密钥' },
      path: '/automations/secrets',
      area: 'automations',
      icon: 'lock',
      order: 40,
      access: MANAGE,
      words: { en: 'workflow secrets passwords credentials', zh: '密码 凭据 机密' },
    },
    {
      id: 'examples',
      title: { en: 'Examples', zh: '示例' },
      path: '/automations/examples',
      area: 'automations',
      icon: 'book',
      order: 50,
      access: READ,
      words: { en: 'templates samples workflows', zh: '模板 样例' },
    },
  ],
  commands: [
    {
      id: 'goWorkflows',
      path: '/automations/workflows',
      shortcut: 'g w',
      access: READ,
      title: { en: 'Go to workflows', zh: '前往工作流' },
    },
    {
      id: 'goExecutions',
      path: '/automations/runs',
      shortcut: 'g e',
      access: READ,
      title: { en: 'Go to runs', zh: '前往运行记录' },
    },
    {
      id: 'newWorkflow',
      path: '/automations/workflows/new',
      access: MANAGE,
      title: { en: 'New workflow', zh: '新建工作流' },
    },
  ],
  cards: [{ id: 'executionsToday', title: { en: 'Runs today', zh: '今日运行' }, width: 1, access: READ }],
};
