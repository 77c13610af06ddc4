/** WorkBot's wire format: `{code, message, data}`; the status of an error is its code, messages are Chinese. */
import Type from 'typebox';
import type { AppError, Dialect } from '#core/plugin.ts';
import { SENTENCES, sentenceOf } from './dialect-messages.ts';

/** What a handler answers when it says more than its data. */
export class Answer {
  readonly message: string;
  readonly data: unknown;
  readonly code: number;
  constructor(message: string, data: unknown = null, code = 0) {
    this.message = message;
    this.data = data;
    this.code = code;
  }
}

/** The data with a sentence of the document; `code` is 0, except where the document has another. */
export function answer(message: string, data: unknown = null, code = 0): Answer {
  return new Answer(message, data, code);
}

const WorkBotError = Type.Object(
  { code: Type.Integer(), message: Type.String(), data: Type.Unknown() },
  { description: 'The status, a sentence, and what is known beyond' },
);

export const workBotDialect: Dialect = {
  name: 'workbot',
  prefixes: [
    '/api/user/send-sms',
    '/api/user/login',
    '/api/user/info',
    '/api/user/statistics',
    '/api/robot',
    '/api/robots',
    '/api/robot-ids',
    '/api/admin/activation-codes',
    '/api/admin/unbind-device',
    '/api/admin/users',
    '/api/admin/logs',
  ],
  validationStatus: 400,
  errorSchema: WorkBotError,
  dataOf: (result) => (result instanceof Answer ? result.data : result),
  success(data) {
    if (data instanceof Answer) return { code: data.code, message: data.message, data: data.data };
    return { code: 0, message: SENTENCES.success, data: data ?? null };
  },
  successSchema: (data) =>
    Type.Object({
      code: Type.Integer({ description: '0, or the status of an activation' }),
      message: Type.String(),
      data,
    }),
  failure: (error) => ({ body: { code: error.status, message: sentenceOf(error), data: dataOf(error) } }),
};

function dataOf({ extra, issues }: AppError): unknown {
  const { retry_after: retryAfter, ...rest } = extra;
  const data = {
    ...(retryAfter !== undefined && { retryAfter }),
    ...rest,
    ...(issues.length > 0 && {
      errors: issues.map(({ path, message }) => ({ field: path.slice(1).join('.'), message })),
    }),
  };
  return Object.keys(data).length > 0 ? data : null;
}

/** Of the sockets of robots. */
export const SOCKET_PATH = '/ws';
