/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';

export const summaries: Summaries = {
  zh: {
    robots: '聊天机器人：激活、指令、消息和会话',
    'robots.send': '通过机器人发送文本，只发一次；长文本按顺序分多条发送',
    'conversations.assign': '将会话分配给某人或团队，或取消分配',
    'conversations.handOver': '转人工：会话在收件箱中等待，自动回复停止',
    'contacts.update': '记录联系人信息：字段、备注、同意情况、是否愿意接收消息',
    'robots.broadcast': '向机器人的联系人开始群发',
    'robots.schedule': '安排机器人定时发送消息，一次或按 cron 表达式',
    'robots.sweep': '放弃无人执行的指令，记录离线的机器人，终止到期的激活码',
    'robots.tidy': '清除过期令牌、被拒的激活尝试和旧日志，并彻底清除早已删除的机器人',
    'robots.wake': '重新打开推迟到期的会话，并纠正因时钟超前而记录的暂停',
    'robots.retention': '清除超出保留期限的机器人消息',
    'robots.sendScheduled': '发送到时间的消息',
    'plugins.robots.enabled': '机器人',
    'plugins.robots.deletedDays': '已删除的机器人（天）',
    'plugins.robots.deletedDays.about': '超过天数后连同历史记录清除。',
    'plugins.robots.logDays': 'WorkBot API 日志（天）',
    'plugins.robots.logDays.about': '日志保留天数。',
  },
};
