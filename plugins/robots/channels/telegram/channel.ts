/**
 * Telegram: bots as robots, by long polling. How far it was read is kept with the messages, so that none is lost; ids of updates
 * drop repeats. Files that are sent are fetched by Telegram from where they are.
 */
import Type from 'typebox';
import {
  messageOf,
  TELEGRAM_TEXT_LIMIT,
  TELEGRAM_TOKEN,
  type TelegramApi,
  TelegramError,
  telegramApi,
} from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type {
  ChannelConfig,
  ChannelLine,
  ChannelMessage,
  ChannelOutcome,
  ChannelPart,
  ChannelServices,
  RobotChannel,
} from '../../contract.ts';
import { filePathOf, isForBot, nameOf, type TelegramMessage, type TelegramUser, updatesOf, userOf } from './updates.ts';

const POLL_SECONDS = 25;
const POLL_TIMEOUT_MS = 40_000;
/** A server that answers at once, with nothing, is not asked again at once. */
const EMPTY_PAUSE_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const CAPTION_LIMIT = 1_024;

export function createTelegram(outbound: Services['outbound'], apiBase: string): RobotChannel {
  return {
    name: 'telegram',
    summary: 'Bots of Telegram',
    textLimit: TELEGRAM_TEXT_LIMIT,
    showsMarkdown: false,
    captionLimit: CAPTION_LIMIT,
    config: Type.Object({ token: Type.String({ pattern: `^${TELEGRAM_TOKEN}$`, maxLength: 130 }) }),
    async identify(config) {
      const me = userOf(await apiOf(config).call('getMe', {}));
      if (!me) throw new TelegramError(0, 'getMe did not say who this is');
      return { account: String(me.id), name: nameOf(me) || String(me.id) };
    },
    start: (services) => lineOf(apiOf(services.config), services),
  };

  function apiOf({ token }: ChannelConfig): TelegramApi {
    return telegramApi(outbound, apiBase, String(token));
  }
}

function lineOf(api: TelegramApi, services: ChannelServices): ChannelLine {
  const { clock, log, signal, receive, problem, fileBytes } = services;
  let offset = Number(services.place ?? 0);
  let known: TelegramUser | null = null;
  const listening = listen();
  return { send: (part) => send(api, part), stop: () => listening };

  async function listen(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        const startedAt = clock.elapsed();
        const count = await receiveSome();
        failures = 0;
        problem('');
        if (count === 0 && clock.elapsed() - startedAt < EMPTY_PAUSE_MS) await pause(EMPTY_PAUSE_MS);
      } catch (error) {
        if (signal.aborted) return;
        problem(messageOf(error));
        log.warn({ reason: messageOf(error) }, 'Telegram could not be read; trying again');
        const asked = error instanceof TelegramError ? error.retryAfterMs : null;
        await pause(asked ?? Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS));
      }
    }
  }

  async function receiveSome(): Promise<number> {
    const params = { offset, timeout: POLL_SECONDS, allowed_updates: ['message'] };
    const updates = updatesOf(await api.call('getUpdates', params, { timeoutMs: POLL_TIMEOUT_MS, signal }));
    for (const { id, message } of updates) {
      await receive(message && (await messageFor(id, message)), String(id + 1));
      offset = id + 1;
    }
    return updates.length;
  }

  async function messageFor(id: number, message: TelegramMessage): Promise<ChannelMessage> {
    const { from, chat, text, caption, photo, document } = message;
    const isGroup = chat.type === 'group' || chat.type === 'supergroup';
    const fileId = photo?.at(-1)?.file_id ?? document?.file_id;
    const spoken = text ?? caption ?? '';
    const person = from ?? chat;
    return {
      id: `telegram:${id}`,
      person: { name: nameOf(person), address: String(person.id) },
      group: isGroup ? { name: chat.title ?? '', address: String(chat.id) } : null,
      text: spoken,
      textType: photo ? 2 : document ? 9 : 1,
      isAtMe: !isGroup || isForBot(message, await self()),
      file: fileId === undefined ? null : await fileOf(fileId),
    };
  }

  /** Who the bot is; asked once. */
  async function self(): Promise<TelegramUser> {
    known ??= userOf(await api.call('getMe', {}, { signal }));
    if (!known) throw new TelegramError(0, 'getMe did not say who this is');
    return known;
  }

  /** Null for one that is too large, or gone: the message is worth hearing without it. */
  async function fileOf(file_id: string): Promise<Buffer | null> {
    try {
      const path = filePathOf(await api.call('getFile', { file_id }, { signal }));
      return path === null ? null : await api.download(path, fileBytes, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn({ reason: messageOf(error) }, 'A file of Telegram could not be fetched');
      return null;
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, done);
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}

async function send(api: TelegramApi, { address: chat_id, text, file }: ChannelPart): Promise<ChannelOutcome> {
  try {
    if (file === null) await api.call('sendMessage', { chat_id, text });
    else if (file.kind === 'image') await api.call('sendPhoto', { chat_id, photo: file.url, caption: text });
    else await api.call('sendDocument', { chat_id, document: file.url, caption: text || file.name });
    return { kind: 'sent' };
  } catch (error) {
    const { code, retryAfterMs, message } =
      error instanceof TelegramError ? error : new TelegramError(0, messageOf(error));
    const mayWorkLater = code === 0 || code === 429 || code >= 500 || code === 401;
    if (mayWorkLater) return { kind: 'later', afterMs: retryAfterMs, reason: message };
    return { kind: 'failed', code, reason: message };
  }
}
