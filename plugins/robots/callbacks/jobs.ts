/** Queued work of callbacks. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { CALLBACK_JOB, type CallbackJob } from './callbacks.ts';
import { CALLBACK_TRIES } from './calls.ts';
import type { CallbacksScope } from './services.ts';
import { SLOTS } from './slots.ts';

/** Of each robot at each receiver one at a time, so that what came first is told first as long as it is taken. */
export const callBack = defineJob({
  name: CALLBACK_JOB,
  summary: 'Tells the third party of a robot about a message, a result, a QR code or a change of state',
  payload: Type.Unsafe<CallbackJob>(
    Type.Object({
      robot: Type.Integer(),
      kind: Type.Enum(['message', 'result', 'qrcode', 'status']),
      subject: Type.String(),
      at: Type.Integer(),
      triesLeft: Type.Optional(Type.Integer()),
    }),
  ),
  concurrency: SLOTS,
  perLane: 1,
  maxAttempts: CALLBACK_TRIES,
  timeoutMs: 15_000,
  firstDelaysMs: [1_000, 3_000, 5_000],
  run: (call, job, { robotCallbackCalls }: CallbacksScope) => robotCallbackCalls.call(call, job),
});
