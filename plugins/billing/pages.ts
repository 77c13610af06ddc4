/** What the web UI shows of billing: one's own plan and invoices, and for super-admins what is sold. */
import type { PluginPages } from '#core/plugin.ts';
import { MANAGE, READ } from './access.ts';

const own = { ...READ, tenant: true };
const manage = { ...MANAGE, tenant: true };

export const pages: PluginPages = {
  navigation: [
    {
      id: 'plan',
      title: { en: 'Plan and usage', zh: '套餐与用量' },
      path: '/billing',
      icon: 'credit-card',
      order: 10,
      access: own,
    },
    {
      id: 'change',
      title: { en: 'Change plan', zh: '更换套餐' },
      path: '/billing/plans',
      icon: 'stack',
      order: 20,
      access: manage,
    },
    {
      id: 'invoices',
      title: { en: 'Invoices', zh: '账单' },
      path: '/billing/invoices',
      icon: 'receipt',
      order: 30,
      access: own,
    },
    {
      id: 'sales',
      title: { en: 'Sales', zh: '销售' },
      path: '/sales',
      section: 'operator',
      icon: 'ticket',
      order: 40,
      access: 'superadmin',
    },
  ],
  commands: [
    {
      id: 'goPlan',
      title: { en: 'Go to plan and usage', zh: '前往套餐与用量' },
      path: '/billing',
      shortcut: 'g p',
      access: own,
    },
    { id: 'salesPlans', title: { en: 'Plans for sale', zh: '在售套餐' }, path: '/sales/plans', access: 'superadmin' },
    { id: 'salesCoupons', title: { en: 'Coupons', zh: '优惠券' }, path: '/sales/coupons', access: 'superadmin' },
    {
      id: 'salesPayments',
      title: { en: 'Payments to confirm', zh: '待确认的付款' },
      path: '/sales/checkouts?status=open',
      access: 'superadmin',
    },
    {
      id: 'salesInvoices',
      title: { en: 'Invoices of all tenants', zh: '所有租户的账单' },
      path: '/sales/invoices',
      access: 'superadmin',
    },
    { id: 'salesUsage', title: { en: 'Usage of tenants', zh: '租户用量' }, path: '/sales/usage', access: 'superadmin' },
    {
      id: 'salesTenants',
      title: { en: 'Put a tenant on a plan', zh: '为租户设置套餐' },
      path: '/sales/tenants',
      access: 'superadmin',
    },
  ],
  cards: [{ id: 'plan', title: { en: 'Your plan', zh: '您的套餐' }, access: own, width: 1 }],
};
