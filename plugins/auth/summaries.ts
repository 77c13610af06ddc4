/** What the plugin, its functions and its scheduled work are for, in Chinese; in English it stands where they are declared. */
import type { Summaries } from '#core/plugin.ts';
import { settingTexts } from './setting-texts.ts';

export const summaries: Summaries = {
  zh: {
    ...settingTexts,
    auth: '组织、用户、登录会话、API 密钥和审计日志',
    'auth.removeExpired':
      '删除一个月前过期的登录会话、已用的刷新令牌、链接、邀请和质询，手机验证码，以及 90 天前的失败尝试',
    'auth.openRegistration': '注册已开放：任何人都可以创建账号 (plugins.auth.registration)',
    'auth.openSms': '任何有手机的人都可以凭短信验证码创建账号 (plugins.auth.sms)',
    'auth.sendSms': '向手机发送验证码',
    'auth.mailLink': '邮箱有账号时，发送所请求的链接',
    'auth.sendMail': '向用户发送链接或通知',
  },
};
