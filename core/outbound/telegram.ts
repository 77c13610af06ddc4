/** Telegram's Bot API over HTTP (core.telegram.org/bots/api, "Making requests"): of robots, and of alerts. */
import { messageOf } from '../errors.ts';
import type { Outbound } from './outbound.ts';

/** What a bot's token looks like. */
export const TELEGRAM_TOKEN = '[0-9]{1,20}:[\\w-]{1,100}';
/** Characters of one message. */
export const TELEGRAM_TEXT_LIMIT = 4_096;

export interface TelegramApi {
  /** Throws a TelegramError. */
  call(method: string, params: object, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<unknown>;
  /** The bytes of a file by its path from `getFile`. Throws a TelegramError. */
  download(path: string, maxBytes: number, signal: AbortSignal): Promise<Buffer>;
}

/** Its message never has the token in it, which stands in every address. */
export class TelegramError extends Error {
  override name = 'TelegramError';
  /** 0: nothing was answered. */
  readonly code: number;
  readonly retryAfterMs: number | null;
  constructor(code: number, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

interface Answer {
  ok?: unknown;
  result?: unknown;
  error_code?: unknown;
  description?: unknown;
  parameters?: { retry_after?: unknown };
}

const TIMEOUT_MS = 20_000;

export function telegramApi(outbound: Pick<Outbound, 'request'>, apiBase: string, token: string): TelegramApi {
  const base = apiBase.replace(/\/+$/, '');

  return {
    async call(method, params, { timeoutMs = TIMEOUT_MS, signal } = {}) {
      const response = await outbound
        .request(`${base}/bot${token}/${method}`, {
          method: 'POST',
          body: JSON.stringify(params),
          headers: { 'content-type': 'application/json' },
          timeoutMs,
          redirects: 0,
          trusted: base,
          ...(signal && { signal }),
        })
        .catch((error) => {
          throw new TelegramError(0, withoutToken(messageOf(error), token));
        });
      const answer = answerOf(response.text());
      if (response.status === 200 && answer.ok === true) return answer.result;
      const wait = Number(answer.parameters?.retry_after);
      const description = typeof answer.description === 'string' ? answer.description : `HTTP ${response.status}`;
      const code = typeof answer.error_code === 'number' ? answer.error_code : response.status;
      throw new TelegramError(code, withoutToken(description, token), wait > 0 ? wait * 1000 : null);
    },
    async download(path, maxBytes, signal) {
      const options = { maxBytes, timeoutMs: 60_000, redirects: 0, trusted: base, signal };
      const response = await outbound.request(`${base}/file/bot${token}/${path}`, options).catch((error) => {
        throw new TelegramError(0, withoutToken(messageOf(error), token));
      });
      if (response.status !== 200) throw new TelegramError(response.status, `HTTP ${response.status}`);
      return response.body;
    },
  };
}

function answerOf(text: string): Answer {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // A proxy's page: its status says what there is to say.
    return {};
  }
}

function withoutToken(text: string, token: string): string {
  return text.replaceAll(token, '…').slice(0, 200);
}
