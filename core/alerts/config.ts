/** The schema of `alerts:`. */
import Type, { type Static } from 'typebox';
import { TELEGRAM_TOKEN } from '../outbound/telegram.ts';

const strict = { additionalProperties: false, default: {} };

const TelegramConfig = Type.Object(
  {
    token: Type.String({
      title: 'Token of the bot',
      default: '',
      pattern: `^(${TELEGRAM_TOKEN})?$`,
      description: 'From @BotFather: 123456:ABC…. Empty: Telegram is told nothing.',
    }),
    chatId: Type.String({
      title: 'Chat',
      default: '',
      pattern: '^(-?[0-9]{1,20}|@[A-Za-z0-9_]{1,64})?$',
      description: 'Number of a chat or group that the bot is in, or @name of a channel that it may write to.',
    }),
    apiBase: Type.String({
      title: 'Address of the API',
      default: 'https://api.telegram.org',
      pattern: '^https?://[^/?#@\\s]+(/[^?#\\s]*)?$',
      description: 'Where the Bot API is.',
    }),
  },
  {
    ...strict,
    title: 'Telegram',
    'x-setting': { area: 'alerts', isLive: true },
    description: 'A bot that tells one chat as well.',
  },
);

export const AlertsConfig = Type.Object(
  {
    to: Type.Union([Type.Array(Type.String()), Type.Null()], {
      default: null,
      title: 'Recipients',
      'x-setting': { area: 'alerts', isLive: true },
      description: 'Addresses that are told; null: the confirmed ones of the super-admins; [] nobody.',
    }),
    webhook: Type.Union([Type.String({ pattern: '^https?://[^/\\s]' }), Type.Null()], {
      default: null,
      title: 'Webhook',
      'x-setting': { area: 'alerts', isLive: true },
      description: 'Is told as well, by POST with JSON.',
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
