/** The areas of the server's settings as entries of the menu: each is a page, found by what can be set there. */
import type { TSchema } from 'typebox';
import { CoreConfig } from '../config/schema.ts';
import type { PagesAboutSettings } from '../pages/areas.ts';
import type { NavigationEntry } from '../pages/pages.ts';
import { SETTINGS_AREAS, type SettingsArea } from './areas.ts';
import { markedIn, type Setting } from './marks.ts';

/** What there is to set: the schema of a plugin's configuration, and areas of its own. */
export interface WithSettings {
  config?: TSchema;
  settings?: readonly SettingsArea[];
}

interface Look {
  icon: string;
  words: { en: string; zh: string };
}

const LOOKS: Readonly<Record<string, Look>> = {
  domains: { icon: 'world', words: { en: 'own domain names addresses', zh: '自有域名 地址' } },
  sending: { icon: 'send', words: { en: 'smtp relay resend sender outgoing mail', zh: '发信 中继 发件人' } },
  receiving: { icon: 'shield', words: { en: 'greylisting blocklists junk', zh: '灰名单 黑名单 垃圾邮件' } },
  'sign-in': { icon: 'key', words: { en: 'register open closed password login', zh: '注册 登录 密码' } },
  'single-sign-on': { icon: 'user', words: { en: 'sso oidc google microsoft', zh: '统一登录 第三方登录' } },
  sms: { icon: 'message', words: { en: 'text message phone code', zh: '手机 验证码' } },
  payments: { icon: 'coins', words: { en: 'stripe currency tax company invoice', zh: '货币 税号 发票 公司' } },
  ai: { icon: 'cpu', words: { en: 'embedding rerank meaning', zh: '向量 重排' } },
  outgoing: {
    icon: 'route',
    words: { en: 'allow hosts private network firewall localhost', zh: '允许 内网 主机 防火墙' },
  },
  retention: { icon: 'history', words: { en: 'keep delete days old', zh: '保留 删除 天数' } },
  backups: { icon: 'database', words: { en: 's3 webdav encryption nightly', zh: '加密 每晚 异地' } },
  alerts: { icon: 'alert-triangle', words: { en: 'notify warn operator', zh: '通知 警告' } },
  plugins: { icon: 'plug', words: { en: 'on off enable disable', zh: '启用 停用' } },
};
/** Where one comes in: it is the entry itself. */
const FIRST = 'general';

/** One for each area in which something can be set, below the page about the same where there is one (`settings`). */
export function settingsEntries(
  entry: NavigationEntry,
  plugins: readonly WithSettings[],
  pages: PagesAboutSettings,
): NavigationEntry[] {
  const settings = [
    ...markedIn(CoreConfig, []),
    ...plugins.flatMap(({ config }) => (config ? markedIn(config, []) : [])),
  ];
  const own = new Map(plugins.flatMap((plugin) => plugin.settings ?? []).map((area) => [area.area, area.title]));
  const known = Object.keys(SETTINGS_AREAS);
  const others = [...new Set(settings.map(({ area }) => area))].filter((area) => !known.includes(area));
  return [...known, ...others]
    .filter((area) => area !== FIRST && (area === 'plugins' || settings.some((setting) => setting.area === area)))
    .map((area, place): NavigationEntry => {
      const page = pages.get(area);
      const { icon = 'settings', words } = LOOKS[area] ?? {};
      return {
        ...entry,
        id: `${entry.id}-${area}`,
        path: `${entry.path}/${area}`,
        title: SETTINGS_AREAS[area] ?? own.get(area) ?? area,
        icon,
        order: (entry.order ?? 0) + place + 1,
        words: { en: [words?.en, ...namesIn(settings, area)].join(' '), zh: words?.zh ?? '' },
        ...(page && { below: page }),
      };
    });
}

/** `mailer.smtp.host` is found by `smtp`. */
function namesIn(settings: readonly Setting[], area: string): string[] {
  const names = settings.filter((setting) => setting.area === area).flatMap(({ name }) => name.split(/[.]|(?=[A-Z])/));
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
