/** What the web UI shows of the platform itself: the start, and the pages for operators. */
import type { PluginPages } from '#core/plugin.ts';

const operator = { access: 'superadmin', section: 'operator' } as const;

export const pages: PluginPages = {
  navigation: [
    { id: 'dashboard', title: { en: 'Dashboard', zh: '概览' }, path: '/', section: 'start', icon: 'home', order: 1 },
    {
      id: 'firstSteps',
      title: { en: 'First steps', zh: '快速入门' },
      path: '/first-steps',
      section: 'start',
      icon: 'rocket',
      order: 2,
      access: 'superadmin',
    },
    {
      id: 'operations',
      title: { en: 'Long work', zh: '操作进度' },
      path: '/operations',
      section: 'personal',
      icon: 'activity',
      order: 90,
    },
    {
      id: 'functions',
      title: { en: 'Functions', zh: '函数' },
      path: '/functions',
      section: 'tenant',
      icon: 'function',
      order: 90,
    },
    { id: 'system', title: { en: 'System', zh: '系统状态' }, path: '/system', ...operator, icon: 'server', order: 1 },
    {
      id: 'serverSettings',
      title: { en: 'Server settings', zh: '服务器设置' },
      path: '/settings/server',
      ...operator,
      icon: 'settings',
      order: 0,
    },
    { id: 'jobs', title: { en: 'Jobs', zh: '作业' }, path: '/jobs', ...operator, icon: 'stack', order: 2 },
    {
      id: 'cron',
      title: { en: 'Schedule', zh: '定时任务' },
      path: '/cron',
      ...operator,
      icon: 'calendar-time',
      order: 3,
    },
    { id: 'logs', title: { en: 'Log', zh: '日志' }, path: '/logs', ...operator, icon: 'logs', order: 4 },
    { id: 'backups', title: { en: 'Backups', zh: '备份' }, path: '/backups', ...operator, icon: 'database', order: 5 },
    {
      id: 'certificates',
      title: { en: 'Certificates', zh: '证书' },
      path: '/certificates',
      ...operator,
      icon: 'lock',
      order: 7,
    },
    {
      id: 'plugins',
      title: { en: 'Plugins', zh: '插件' },
      path: '/system/plugins',
      ...operator,
      icon: 'plug',
      order: 6,
    },
  ],
  commands: [
    { id: 'goDashboard', title: { en: 'Go to the dashboard', zh: '前往概览' }, path: '/', shortcut: 'g d' },
    {
      id: 'goDead',
      title: { en: 'Show jobs that gave up', zh: '查看已放弃的作业' },
      path: '/jobs?state=dead',
      access: 'superadmin',
      shortcut: 'g j',
    },
    {
      id: 'goLog',
      title: { en: 'Follow the log', zh: '实时查看日志' },
      path: '/logs',
      access: 'superadmin',
      shortcut: 'g l',
    },
  ],
};
