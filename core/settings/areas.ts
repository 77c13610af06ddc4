/** The areas of the server's settings, in their order. Plugins put theirs into these, or bring areas of their own. */
import type { PageText } from '../pages/pages.ts';
import type { Services } from '../services.ts';

/** What a test of settings found: a sentence for each thing that was tried. */
export interface SettingsFinding {
  ok: boolean;
  text: string;
  /** What somebody may take over with a click, once they have looked at it: fields of one setting that is a group. */
  offer?: { setting: string; values: Readonly<Record<string, string>> };
}

/** Settings as somebody wants them, before they are saved. */
export interface SettingsCandidate<C = unknown> {
  /** The configuration as it would be: the plugin's own, or core's. */
  config: C;
  /** What the test is made with, where it needs something: an address, a number. Empty: nothing was given. */
  target: string;
}

/** A value that a setting may have, as people know it. */
export interface SettingChoice {
  value: string;
  title: PageText;
}

/** What a plugin says of an area: how its settings are tried, and for an area of its own what it is called. */
export interface SettingsArea {
  /** `sending`, or `<plugin>` and `<plugin>-…` for an area of its own. */
  area: string;
  title?: PageText;
  /** What `target` of the test is; null: nothing is needed. */
  target?: PageText | null;
  /** For settings that are one of several, where only the running server knows of which: by the name of the setting. */
  choices?(services: Services): Promise<Readonly<Record<string, readonly SettingChoice[]>>>;
  /** Tries the settings, as far as can be without saving them. Errors are findings too. */
  test?(candidate: SettingsCandidate<never>, services: Services): Promise<readonly SettingsFinding[]>;
}

export const SETTINGS_AREAS: Readonly<Record<string, PageText>> = {
  general: { en: 'Address and certificate', zh: '地址与证书' },
  domains: { en: 'Mail domain settings', zh: '邮件域名设置' },
  sending: { en: 'Sending mail', zh: '发送邮件' },
  receiving: { en: 'Spam protection', zh: '垃圾邮件防护' },
  'sign-in': { en: 'Sign-in and registration', zh: '登录与注册' },
  'single-sign-on': { en: 'Single sign-on', zh: '单点登录' },
  sms: { en: 'SMS', zh: '短信' },
  payments: { en: 'Payments and company', zh: '收款与公司' },
  ai: { en: 'AI search and costs', zh: 'AI 检索与费用' },
  outgoing: { en: 'Outgoing addresses', zh: '允许访问的地址' },
  retention: { en: 'Retention', zh: '数据保留' },
  backups: { en: 'Backup settings', zh: '备份设置' },
  alerts: { en: 'Alerts', zh: '告警' },
  plugins: { en: 'Plugin settings', zh: '插件设置' },
};
