/** The schema of `alerts:`. */
import Type, { type Static } from 'typebox';
import { TELEGRAM_TOKEN } from '../outbound/telegram.ts';

const strict = { additionalProperties: false, default: {} };

const TelegramConfig = Type.Object(
  {
    token: Type.String({
      title: 'Bot token',
      default: '',
      pattern: `^(${TELEGRAM_TOKEN})?$`,
      description: 'The token from @BotFather (123456:ABC…). Leave it empty to send nothing to Telegram.',
    }),
    chatId: Type.String({
      title: 'Chat',
      default: '',
      pattern: '^(-?[0-9]{1,20}|@[A-Za-z0-9_]{1,64})?$',
      description: 'The number of a chat or group that the bot is in, or the @name of a channel that it may write to.',
    }),
    apiBase: Type.String({
      title: 'API address',
      default: 'https://api.telegram.org',
      pattern: '^https?://[^/?#@\\s]+(/[^?#\\s]*)?$',
      description: 'Address of the Telegram Bot API. Change it only for a Bot API server of your own.',
    }),
  },
  {
    ...strict,
    title: 'Telegram',
    'x-setting': { area: 'alerts', isLive: true },
    description: 'Also sends alerts to a Telegram chat.',
  },
);

export const AlertsConfig = Type.Object(
  {
    to: Type.Union([Type.Array(Type.String({ title: 'Address' })), Type.Null()], {
      default: null,
      title: 'Recipients',
      'x-setting': { area: 'alerts', isLive: true },
      'x-add': 'Add an address',
      description:
        'E-mail addresses that receive alerts. While none is listed, alerts go to the confirmed addresses of all super-admins.',
    }),
    webhook: Type.Union([Type.String({ pattern: '^https?://[^/\\s]' }), Type.Null()], {
      default: null,
      title: 'Webhook',
      'x-setting': { area: 'alerts', isLive: true },
      description: 'A URL that also receives every alert, as a POST request with JSON.',
    }),
    telegram: TelegramConfig,
  },
  { ...strict, description: 'What has been wrong for five minutes is told, and when it is over.' },
);
export type AlertsConfig = Static<typeof AlertsConfig>;

/** What is missing in a configuration that its schema cannot say; null when nothing is. */
export function lackOfAlerts({ telegram }: AlertsConfig): string | null {
  if (telegram.token !== '' && telegram.chatId === '')
    return 'alerts.telegram has a token, so it needs chatId: the chat that is told';
  return null;
}
