/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';
import { settingTexts } from './setting-texts.ts';

export const summaries: Summaries = {
  zh: {
    ...settingTexts,
    mail: '邮箱，内置 SMTP 接收',
    'mail.createMailbox': '创建邮箱，未指定名称时随机命名',
    'mail.send': '从您的邮箱发送邮件',
    'mail.send.from': '您的邮箱地址',
    'mail.send.to': '收件地址',
    'mail.send.automatic': '标记为程序发出的邮件 (RFC 3834)，以免对方的程序自动回复。由人撰写或批准的邮件请关闭',
    'mail.reply': '在原邮件往来中回复；退信、自动邮件和邮件列表不会得到自动回复',
    'mail.reply.automatic': '标记为程序发出的邮件 (RFC 3834)，以免对方的程序自动回复。由人撰写或批准的邮件请关闭',
    'mail.forward': '原样转发邮件',
    'mail.forward.to': '收件地址',
    'mail.read': '以文本形式读取邮件，不标记为已读',
    'mail.read.mailbox': '仅当邮件在此邮箱中时',
    'mail.find': '在邮箱中查找邮件，最新的在前',
    'mail.find.mailbox': '邮箱地址',
    'mail.find.from': '发件人中包含的文字',
    'mail.find.subject': '主题中包含的文字',
    'mail.find.since': '只查找此时间之后的邮件（Unix 毫秒时间戳）',
    'mail.waitFor': '等待符合条件的邮件，给出其验证码、链接和正文；没有则为空',
    'mail.waitFor.mailbox': '邮箱地址',
    'mail.waitFor.from': '发件人中包含的文字',
    'mail.waitFor.subject': '主题中包含的文字',
    'mail.waitFor.since': '只查找此时间之后的邮件（Unix 毫秒时间戳）',
    'mail.cleanUp': '执行邮件保留期限，并清除已发邮件、Webhook、灰名单和登录会话的旧记录',
    'mail.removeExpired': '删除到期的邮箱及其邮件',
    'mail.resumeDeliveries': '继续没有作业在处理的投递',
    'mail.openDomain': '任何有账号的人都可以领取 {domain} 的邮箱',
    'mail.deliver': '尝试将一封邮件投递给一位收件人',
    'mail.applyRule': '对邮件执行规则中由其他插件完成的操作',
    'mail.callWebhook': '将邮件告知邮箱的 Webhook',
  },
};
