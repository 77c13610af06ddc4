/** What the web UI shows of robots. Who sees an entry is who may read what is behind it. */
import type { PluginPages } from '#core/plugin.ts';

const read = { scope: 'robots:read' };
const manage = { scope: 'robots:manage' };
/** Conversations belong to a tenant. */
const ofTenant = { ...read, tenant: true };
const administer = { ...read, roles: ['owner', 'admin'] };
const administerTenant = { ...manage, tenant: true, roles: ['owner', 'admin'] };

export const pages: PluginPages = {
  navigation: [
    {
      id: 'inbox',
      title: { en: 'Inbox', zh: '收件箱' },
      path: '/robots/inbox',
      icon: 'message',
      order: 10,
      access: ofTenant,
    },
    {
      id: 'robots',
      title: { en: 'Robots', zh: '机器人' },
      path: '/robots',
      icon: 'robot',
      order: 20,
      access: read,
    },
    {
      id: 'contacts',
      title: { en: 'Contacts', zh: '联系人' },
      path: '/robots/contacts',
      icon: 'users',
      order: 30,
      access: ofTenant,
    },
    {
      id: 'broadcasts',
      title: { en: 'Broadcasts', zh: '群发' },
      path: '/robots/broadcasts',
      icon: 'send',
      order: 40,
      access: ofTenant,
    },
    {
      id: 'scheduled',
      title: { en: 'Scheduled', zh: '定时消息' },
      path: '/robots/scheduled',
      icon: 'calendar-time',
      order: 50,
      access: ofTenant,
    },
    {
      id: 'teams',
      title: { en: 'Teams', zh: '团队' },
      path: '/robots/teams',
      icon: 'users-group',
      order: 55,
      access: administerTenant,
    },
    {
      id: 'channels',
      title: { en: 'Channels', zh: '渠道' },
      path: '/robots/channels',
      icon: 'plug',
      order: 25,
      access: { ...manage, tenant: true },
    },
    {
      id: 'statistics',
      title: { en: 'Statistics', zh: '统计' },
      path: '/robots/statistics',
      icon: 'chart-bar',
      order: 60,
      access: read,
    },
    {
      id: 'codes',
      title: { en: 'Activation codes', zh: '激活码' },
      path: '/robots/codes',
      icon: 'ticket',
      order: 70,
      access: administer,
    },
    {
      id: 'log',
      title: { en: 'Log', zh: '日志' },
      path: '/robots/log',
      icon: 'logs',
      order: 80,
      access: administer,
    },
  ],
  commands: [
    {
      id: 'goInbox',
      path: '/robots/inbox',
      shortcut: 'g n',
      access: ofTenant,
      title: { en: 'Go to the inbox of the robots', zh: '前往机器人收件箱' },
    },
    {
      id: 'goRobots',
      path: '/robots',
      shortcut: 'g r',
      access: read,
      title: { en: 'Go to the robots', zh: '前往机器人' },
    },
    {
      id: 'newRobot',
      path: '/robots?new=1',
      access: manage,
      title: { en: 'Make a robot', zh: '新建机器人' },
    },
    {
      id: 'newCodes',
      path: '/robots/codes?new=1',
      access: 'superadmin',
      title: { en: 'Generate activation codes', zh: '生成激活码' },
    },
  ],
  cards: [{ id: 'today', title: { en: 'Robots', zh: '机器人' }, access: read }],
};
