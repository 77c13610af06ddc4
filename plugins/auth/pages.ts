/** What the web UI has for people: signing in, one's own account, the people of a tenant, and all tenants. */
import { TENANT_ADMINS } from '#core/kit.ts';
import type { PluginPages } from '#core/plugin.ts';
import { PEOPLE } from './access.ts';

const KEYS = { scope: 'settings:manage' };
const OF_TENANT = { scope: 'settings:read', roles: TENANT_ADMINS };
const MANAGED = { scope: 'settings:manage', roles: TENANT_ADMINS };

export const pages: PluginPages = {
  navigation: [
    {
      id: 'profile',
      title: { en: 'Profile', zh: '个人资料' },
      path: '/settings/profile',
      area: 'settings',
      group: 'you',
      icon: 'user',
      order: 10,
      access: PEOPLE,
      words: { en: 'name language email account erase export my data', zh: '姓名 语言 邮箱 账号 注销 我的数据' },
    },
    {
      id: 'security',
      title: { en: 'Security', zh: '安全' },
      path: '/settings/security',
      area: 'settings',
      group: 'you',
      icon: 'shield',
      order: 20,
      access: PEOPLE,
      words: {
        en: 'password passkey two-factor 2fa totp sessions devices signed in',
        zh: '密码 通行密钥 两步验证 双重验证 登录会话 登录设备',
      },
    },
    {
      id: 'keys',
      title: { en: 'API keys', zh: 'API 密钥' },
      path: '/settings/api-keys',
      area: 'settings',
      group: 'you',
      icon: 'key',
      order: 30,
      access: KEYS,
      words: { en: 'token access bearer secret program', zh: '令牌 访问密钥 程序' },
    },
    {
      id: 'users',
      title: { en: 'People', zh: '成员' },
      path: '/settings/people',
      area: 'settings',
      group: 'organisation',
      icon: 'users',
      order: 10,
      access: OF_TENANT,
      words: { en: 'users members colleagues roles rights permissions', zh: '用户 同事 角色 权限' },
    },
    {
      id: 'invitations',
      title: { en: 'Invitations', zh: '邀请' },
      path: '/settings/people/invitations',
      area: 'settings',
      group: 'organisation',
      below: 'users',
      icon: 'send',
      order: 20,
      access: MANAGED,
      words: { en: 'invite colleague join', zh: '邀请同事 加入' },
    },
    {
      id: 'organisation',
      title: { en: 'Organisation settings', zh: '组织设置' },
      path: '/settings/organisation',
      area: 'settings',
      group: 'organisation',
      icon: 'settings',
      order: 30,
      access: MANAGED,
      words: {
        en: 'tenant company name approval ratings labels',
        zh: '租户 公司名称 审批 评价 标签',
      },
    },
    {
      id: 'audit',
      title: { en: 'Audit log', zh: '审计日志' },
      path: '/settings/audit',
      area: 'settings',
      group: 'organisation',
      icon: 'history',
      order: 80,
      access: MANAGED,
      words: { en: 'history who did what changes trail', zh: '历史 操作记录 变更' },
    },
    {
      id: 'tenants',
      title: { en: 'All organisations', zh: '所有组织' },
      path: '/organisations',
      area: 'settings',
      group: 'server',
      below: 'billing.sales',
      icon: 'building',
      order: 60,
      access: 'superadmin',
      words: { en: 'tenants customers companies', zh: '租户 客户 公司' },
    },
  ],
  commands: [
    {
      id: 'goUsers',
      title: { en: 'Go to people', zh: '前往成员' },
      path: '/settings/people',
      access: OF_TENANT,
      shortcut: 'g u',
    },
    {
      id: 'invite',
      title: { en: 'Invite someone', zh: '邀请成员' },
      path: '/settings/people/invitations?new=1',
      access: MANAGED,
    },
    {
      id: 'makeKey',
      title: { en: 'Make an API key', zh: '创建 API 密钥' },
      path: '/settings/api-keys?new=1',
      access: KEYS,
    },
    {
      id: 'changePassword',
      title: { en: 'Change my password', zh: '修改我的密码' },
      path: '/settings/security',
      access: PEOPLE,
    },
  ],
};
