/** What mail shows in the web UI. Who sees an entry is who may read the list behind it. */
import type { PluginPages } from '#core/plugin.ts';
import { MANAGE, READ } from './shapes.ts';

const ofTenant = { ...MANAGE, roles: ['owner', 'admin'] };

export const pages: PluginPages = {
  navigation: [
    { id: 'reader', title: { en: 'Mail', zh: '邮件' }, path: '/mail', icon: 'inbox', order: 10, access: READ },
    {
      id: 'mailboxes',
      path: '/mail/mailboxes',
      icon: 'mailbox',
      order: 20,
      access: READ,
      title: { en: 'Mailboxes', zh: '邮箱' },
    },
    {
      id: 'sent',
      path: '/mail/sent',
      icon: 'send',
      order: 30,
      access: READ,
      title: { en: 'Sent', zh: '已发送' },
    },
    {
      id: 'scheduled',
      path: '/mail/scheduled',
      icon: 'calendar-time',
      order: 40,
      access: READ,
      title: { en: 'Scheduled', zh: '定时发送' },
    },
    {
      id: 'quarantine',
      path: '/mail/quarantine',
      icon: 'shield',
      order: 50,
      access: READ,
      title: { en: 'Quarantine', zh: '隔离区' },
    },
    {
      id: 'rules',
      path: '/mail/rules',
      icon: 'filter',
      order: 60,
      access: MANAGE,
      title: { en: 'Rules', zh: '规则' },
    },
    {
      id: 'webhooks',
      path: '/mail/webhooks',
      icon: 'webhook',
      order: 70,
      access: MANAGE,
      title: { en: 'Webhooks', zh: 'Webhook' },
    },
    {
      id: 'suppressions',
      path: '/mail/suppressions',
      icon: 'alert-triangle',
      order: 80,
      access: ofTenant,
      title: { en: 'Suppressed addresses', zh: '停发地址' },
    },
    {
      id: 'domains',
      path: '/mail/domains',
      icon: 'world',
      order: 90,
      access: 'superadmin',
      title: { en: 'Mail domains', zh: '邮件域名' },
    },
  ],
  commands: [
    {
      id: 'goMail',
      path: '/mail',
      shortcut: 'g m',
      access: READ,
      title: { en: 'Go to the mail', zh: '前往邮件' },
    },
    {
      id: 'goMailboxes',
      path: '/mail/mailboxes',
      shortcut: 'g b',
      access: READ,
      title: { en: 'Go to the mailboxes', zh: '前往邮箱列表' },
    },
    {
      id: 'newMailbox',
      path: '/mail/mailboxes?new=1',
      access: MANAGE,
      title: { en: 'Make a mailbox', zh: '新建邮箱' },
    },
  ],
  cards: [{ id: 'today', title: { en: 'Mail today', zh: '今日邮件' }, access: READ }],
};
