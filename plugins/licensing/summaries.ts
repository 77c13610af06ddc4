/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';

export const summaries: Summaries = {
  zh: {
    licensing: '激活码、设备和签名许可证',
    'licensing.generate': '生成带新激活码的许可证',
    'licensing.generate.product': '您的产品代码',
    'licensing.revoke': '永久终止许可证',
    'licensing.extend': '为许可证增加天数',
    'licensing.verify': '检查许可证激活码对某邮箱地址是否有效',
    'licensing.tidy': '删除到期的租约和离线文件、超出时间窗口的使用记录，以及一年前的设备记录',
    'licensing.expire': '标记到期的许可证并发出通知；撤销因时钟超前而误标的许可证',
    'licensing.remind': '提醒许可证即将到期的客户',
    'plugins.licensing.enabled': '许可证',
    'licensing.sendDeviceLink': '向客户发送管理许可证设备的链接',
  },
};
