/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';
import { exampleTexts } from './definitions/summaries.ts';

export const summaries: Summaries = {
  zh: {
    ...exampleTexts,
    workflows: '连接一切的持久工作流',
    'workflows.start': '启动工作流，不等待其结束',
    'workflows.execution': '查询一次运行的状态，结束后给出输出或错误',
    'workflows.prune': '删除超出保留天数和数量的已结束运行',
    'plugins.workflows.enabled': '工作流',
    'plugins.workflows.keepDays': '运行记录（天）',
    'plugins.workflows.keepDays.about': '已结束的运行在该天数后删除。',
    'plugins.workflows.keepPerWorkflow': '每个工作流保留的运行数',
    'plugins.workflows.keepPerWorkflow.about': '同一工作流超出该数量的已结束运行，从最早的开始删除。',
    'workflows.openHooks': '任何人都可以通过 Webhook 地址启动 {total} 个工作流：{first}',
    'workflows.openHooksAndOthers': '任何人都可以通过 Webhook 地址启动 {total} 个工作流：{first} 等',
    'workflows.cancel': '取消上级运行不再等待的运行',
    'workflows.sendApproval': '用邮件发送运行所等待的审批链接',
    'workflows.event': '启动由事件触发的工作流，并唤醒等待该事件的运行',
  },
};
