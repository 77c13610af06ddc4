/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';
import { settingTexts } from './setting-texts.ts';

export const summaries: Summaries = {
  zh: {
    ...settingTexts,
    billing: '套餐、订阅、账单和用量计量',
    'billing.invoices': '最近的账单',
    'billing.subscription': '套餐、其上限及已用量',
    'billing.usage': '某计量项的已用量和剩余量',
    'billing.consume': '为计量项计数，每次调用计一次；套餐不允许时拒绝',
    'billing.giveBack': '撤销已计入但未实际发生的用量，计回原月份',
    'billing.cleanUp': '删除旧的幂等键、事件编号、每日数据和无人付款的结账',
    'billing.advance': '结束试用和已取消的订阅，续订，并处理宽限期到期',
    'billing.reconcile': '向支付服务商核对可能过时的订阅状态',
    'billing.closeUsage': '将已结束月份的用量移入历史',
    'billing.reconcileUsage': '使存量计量项与实际数量一致',
    'billing.sendUsageMail': '告知组织的所有者限额即将或已经用尽',
    'billing.endErased': '在支付服务商处终止已删除组织的订阅，并退还此后的扣款',
    'billing.closeCheckout': '关闭已删除组织仍可付款的结账页面',
    'billing.sendInvoiceMail': '告知组织的所有者有账单待付',
    'billing.askAgain': '向支付服务商重新查询几乎同时收到两种状态的订阅',
    'billing.moveCredit': '将组织的余额转到接手的支付服务商',
  },
};
