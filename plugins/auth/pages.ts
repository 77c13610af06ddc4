/** What the web UI has for people: signing in, one's own account, the people of a tenant, and all tenants. */
import type { PluginPages } from '#core/plugin.ts';
import { ADMINISTRATORS, PEOPLE } from './access.ts';

const KEYS = { scope: 'settings:manage' };
const OF_TENANT = { scope: 'settings:read', roles: ADMINISTRATORS };
const MANAGED = { scope: 'settings:manage', roles: ADMINISTRATORS };

export const pages: PluginPages = {
  navigation: [
    {
      id: 'profile',
      title: { en: 'Profile', zh: '个人资料' },
      path: '/profile',
      access: PEOPLE,
      section: 'personal',
      icon: 'user',
      order: 10,
    },
    {
      id: 'security',
      title: { en: 'Security', zh: '安全' },
      path: '/security',
      access: PEOPLE,
      section: 'personal',
      icon: 'shield',
      order: 20,
    },
    {
      id: 'keys',
      title: { en: 'API keys', zh: 'API 密钥' },
      path: '/api-keys',
      access: KEYS,
      section: 'personal',
      icon: 'key',
      order: 30,
    },
    {
      id: 'users',
      title: { en: 'People', zh: '成员' },
      path: '/users',
      access: OF_TENANT,
      section: 'tenant',
      icon: 'users',
      order: 10,
    },
    {
      id: 'invitations',
      title: { en: 'Invitations', zh: '邀请' },
      path: '/invitations',
      access: MANAGED,
      section: 'tenant',
      icon: 'send',
      order: 20,
    },
    {
      id: 'organisation',
      title: { en: 'Settings', zh: '设置' },
      path: '/organisation',
      access: MANAGED,
      section: 'tenant',
      icon: 'settings',
      order: 30,
    },
    {
      id: 'audit',
      title: { en: 'Audit log', zh: '审计日志' },
      path: '/audit',
      access: MANAGED,
      section: 'tenant',
      icon: 'history',
      order: 40,
    },
    {
      id: 'tenants',
      title: { en: 'Organisations', zh: '组织' },
      path: '/tenants',
      access: 'superadmin',
      section: 'operator',
      icon: 'building',
      order: 10,
    },
  ],
  commands: [
    {
      id: 'goUsers',
      title: { en: 'Go to people', zh: '前往成员' },
      path: '/users',
      access: OF_TENANT,
      shortcut: 'g u',
    },
    {
      id: 'invite',
      title: { en: 'Invite somebody', zh: '邀请成员' },
      path: '/invitations?new=1',
      access: MANAGED,
    },
    {
      id: 'makeKey',
      title: { en: 'Make an API key', zh: '创建 API 密钥' },
      path: '/api-keys?new=1',
      access: KEYS,
    },
    {
      id: 'changePassword',
      title: { en: 'Change my password', zh: '修改我的密码' },
      path: '/security',
      access: PEOPLE,
    },
  ],
};
