/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';
import { settingTexts } from './setting-texts.ts';

export const summaries: Summaries = {
  zh: {
    ...settingTexts,
    mail: '邮箱，内置 SMTP 接收',
    'mail.createMailbox': '创建邮箱，未指定名称时随机命名',
    'mail.send': '从您的邮箱发送邮件',
    'mail.reply': '在原会话中回复邮件；退信、自动邮件和邮件列表不会得到自动回复',
    'mail.forward': '原样转发邮件',
    'mail.read': '以文本形式读取邮件，不标记为已读',
    'mail.find': '在邮箱中查找邮件，最新的在前',
    'mail.waitFor': '等待符合条件的邮件，给出其验证码、链接和正文；没有则为空',
    'mail.cleanUp': '执行邮件保留期限，并清除已发邮件、Webhook、灰名单和会话的旧记录',
    'mail.removeExpired': '删除到期的邮箱及其邮件',
    'mail.resumeDeliveries': '继续没有任务在处理的投递',
    'mail.openDomain': '任何有账号的人都可以领取 {domain} 的邮箱',
  },
};
