/** What core's scheduled work is for, in Chinese; in English it stands where it is declared. */
import type { Summaries } from './http/language.ts';
import { settingTexts } from './settings/setting-texts.ts';

export const coreSummaries: Summaries = {
  zh: {
    ...settingTexts,
    'core.sweepFiles': '删除不再被引用的文件',
    'core.forgetCounts': '删除到期的尝试计数',
    'core.forgetRequests': '删除到期的幂等键',
    'core.forgetActivity': '删除一个月前的活动计数',
    'core.catchUpErasures': '告知插件其关闭期间被清除的内容',
    'core.checkDatabase': '检查整个 SQLite 文件是否损坏',
    'core.tidyOperations': '标记进程已消失的长时间操作，并删除数周前的记录',
    'core.forgetDeadLetters': '删除早已失败的作业，以及已删除组织和人员的作业',
    'core.forgetOperations': '删除已注销组织的长时间操作、活动和失败的作业',
    'core.backup': '进行备份，并删除到期的定时备份',
    'core.copyBackups': '将尚未复制的定时备份复制到服务器以外的位置',
    'core.rehearseBackup': '将最新备份恢复到临时位置，检查其是否完好',
    'core.renewCertificates': '向签发机构获取到期的证书',
    'core.checkUpdates': '查询版本文件，确认是否有新版本',
    'core.watch': '将持续数分钟的故障及其恢复告知管理员',
    'core.sendAlert': '用邮件将服务器的故障或恢复告知管理员',
    'core.telegramAlert': '将服务器的故障或恢复告知 Telegram 聊天',
    'core.callAlert': '将服务器的故障或恢复告知告警 Webhook',
    'core.givesEvent': '将事件 {event} 交给插件 {plugin}',
  },
};
