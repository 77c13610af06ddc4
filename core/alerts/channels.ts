/** The ways on which alerts leave: mail, Telegram, a webhook; and the tries of each, which say what really happened. */
import { messageOf } from '../errors.ts';
import { TELEGRAM_TEXT_LIMIT, telegramApi } from '../outbound/telegram.ts';
import type { Services } from '../services.ts';
import type { SettingsArea, SettingsCandidate, SettingsFinding } from '../settings/areas.ts';
import type { AlertsConfig } from './config.ts';

export const CHANNELS = ['mail', 'telegram', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a webhook is told. */
export interface AlertCall {
  alert: string;
  is_over: boolean;
  detail: string;
  since: number;
  url: string;
}

type Sending = Pick<Services, 'mailer' | 'outbound'>;
/** Addresses of the administrators. */
type Addresses = () => Promise<readonly string[]>;

const TRIAL = 'This is a test of Patchbay: alerts arrive here.';
/** Each address is a mail, and somebody waits for the answer. */
const MOST_TRIED = 5;

/** Whom mails go to, each once. */
export async function recipientsOf({ to }: AlertsConfig, addresses: Addresses): Promise<string[]> {
  return [...new Set(to ?? (await addresses()))];
}

/** Whether anybody is told anything. */
export function hasReceiver({ to, webhook, telegram }: AlertsConfig): boolean {
  return to?.length !== 0 || webhook !== null || telegram.token !== '';
}

export async function sendToTelegram(
  { telegram: { token, chatId, apiBase } }: AlertsConfig,
  text: string,
  outbound: Services['outbound'],
): Promise<void> {
  const api = telegramApi(outbound, apiBase, token);
  await api.call('sendMessage', {
    chat_id: chatId,
    text: shortened(text),
    link_preview_options: { is_disabled: true },
  });
}

/** Never in the middle of a character, of which Telegram takes none. */
function shortened(text: string): string {
  return text.length <= TELEGRAM_TEXT_LIMIT ? text : `${text.slice(0, TELEGRAM_TEXT_LIMIT - 1).toWellFormed()}…`;
}

/** Gives the status of the answer. */
export async function callWebhook(
  url: string,
  body: AlertCall,
  key: string | null,
  outbound: Services['outbound'],
): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(key !== null && { 'idempotency-key': key }) };
  const options = { method: 'POST', headers, body: JSON.stringify(body), redirects: 0, trusted: url };
  return (await outbound.request(url, options)).status;
}

/** Sends something on one way, and says what became of it. */
export async function tryChannel(
  channel: Channel,
  alerts: AlertsConfig,
  services: Sending,
  addresses: Addresses,
): Promise<SettingsFinding[]> {
  try {
    return await TRIES[channel](alerts, services, addresses);
  } catch (error) {
    return [{ ok: false, text: messageOf(error) }];
  }
}

const TRIES: Readonly<
  Record<Channel, (alerts: AlertsConfig, services: Sending, addresses: Addresses) => Promise<SettingsFinding[]>>
> = {
  async mail(alerts, { mailer }, addresses) {
    const recipients = await recipientsOf(alerts, addresses);
    if (recipients.length === 0) return [{ ok: false, text: whyNobody(alerts) }];
    if (!mailer.canSend) return [{ ok: false, text: 'Mail is written to the log only: it reaches nobody' }];
    const sending = recipients.slice(0, MOST_TRIED).map(async (to) => {
      try {
        await mailer.send({ to, subject: 'Test alert from Patchbay', text: TRIAL });
        return { ok: true, text: `Mail for ${to} was handed over` };
      } catch (error) {
        return { ok: false, text: `Mail for ${to} was refused: ${messageOf(error)}` };
      }
    });
    return Promise.all(sending);
  },
  async telegram(alerts, { outbound }) {
    const { token, chatId } = alerts.telegram;
    if (token === '') return [{ ok: false, text: 'There is no bot of Telegram to write with' }];
    await sendToTelegram(alerts, TRIAL, outbound);
    return [{ ok: true, text: `Telegram took a message for the chat ${chatId}` }];
  },
  async webhook({ webhook }, { outbound }) {
    if (webhook === null) return [{ ok: false, text: 'There is no webhook to call' }];
    const body = { alert: 'test', is_over: false, detail: 'This is a test', since: 0, url: '' };
    const status = await callWebhook(webhook, body, null, outbound);
    return [{ ok: status < 300, text: `The webhook answers with status ${status}` }];
  },
};

function whyNobody({ to }: AlertsConfig): string {
  return to === null
    ? 'No super-admin has a confirmed address, so nobody is mailed'
    : 'alerts.to names nobody, so nobody is mailed';
}

/** The test of the settings: on every way that is set up. */
export const alertSettings = (addresses: Addresses): SettingsArea => ({
  area: 'alerts',
  async test({ config: { alerts } }: SettingsCandidate<Services['coreConfig']>, services) {
    const isSet: Record<Channel, boolean> = {
      mail: alerts.to?.length !== 0,
      telegram: alerts.telegram.token !== '',
      webhook: alerts.webhook !== null,
    };
    const tried = CHANNELS.filter((channel) => isSet[channel]);
    if (tried.length === 0) return [{ ok: false, text: 'Nobody is told of anything' }];
    const found = await Promise.all(tried.map((channel) => tryChannel(channel, alerts, services, addresses)));
    return found.flat();
  },
});
