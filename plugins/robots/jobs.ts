/** Queued work of robots. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { WORK_JOB } from './broadcasts/broadcasts.ts';
import { PACE_JOB, type PaceJob } from './broadcasts/pacing.ts';
import { LEAVE_JOB } from './broadcasts/withdrawal.ts';
import { CALLBACK_JOB, type CallbackJob } from './callbacks/callbacks.ts';
import { CALLBACK_TRIES } from './callbacks/calls.ts';
import { PLACES } from './callbacks/places.ts';
import { ERASE_CONTACT_JOB } from './inbox/contact-erasure.ts';
import { FORGET_WORDS_JOB, forgetDeletedWords } from './inbox/words.ts';
import type { RobotsScope } from './scope.ts';

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
  concurrency: PLACES,
  perLane: 1,
  maxAttempts: CALLBACK_TRIES,
  timeoutMs: 15_000,
  firstDelaysMs: [1_000, 3_000, 5_000],
  run: (call, job, { robotCallbackCalls }: RobotsScope) => robotCallbackCalls.call(call, job),
});

/** Robots beside each other: each has a lane of its own, in which its steps follow one another. */
export const sendBroadcasts = defineJob({
  name: PACE_JOB,
  summary: 'Sends the next messages of broadcasts through a robot',
  payload: Type.Unsafe<PaceJob>(Type.Object({ robot: Type.Integer(), step: Type.Integer() })),
  concurrency: 20,
  perLane: 1,
  run: (job, _context, { broadcastPacing }: RobotsScope) => broadcastPacing.step(job),
});

export const workOnBroadcast = defineJob({
  name: WORK_JOB,
  summary: 'Freezes some more of the audience of a broadcast, or skips what is left of a cancelled one',
  payload: Type.Object({ broadcast: Type.Integer() }),
  // Without it a broadcast runs that sends nothing, or what was cancelled still waits.
  concurrency: 4,
  perLane: 1,
  mustHappen: true,
  run: ({ broadcast }, _context, { broadcasts }: RobotsScope) => broadcasts.work(broadcast),
});

export const forgetWordsOfErased = defineJob({
  name: FORGET_WORDS_JOB,
  summary: 'Takes the words of what was erased out of the indexes',
  payload: Type.Object({}),
  concurrency: 1,
  mustHappen: true,
  run: (_job, _context, { db }: RobotsScope) => forgetDeletedWords(db),
});

export const goOnErasing = defineJob({
  name: ERASE_CONTACT_JOB,
  summary: 'Erases what is left of a contact whose erasure was cut off',
  payload: Type.Object({ contact: Type.Integer() }),
  concurrency: 2,
  perLane: 1,
  timeoutMs: 15 * 60_000,
  mustHappen: true,
  run: ({ contact }, _context, { contactErasure }: RobotsScope) => contactErasure.goOn(contact),
});

export const leaveBroadcasts = defineJob({
  name: LEAVE_JOB,
  summary: 'Takes back what broadcasts have stored for somebody who wants to hear no more',
  payload: Type.Object({ contact: Type.Integer() }),
  concurrency: 4,
  mustHappen: true,
  run: ({ contact }, _context, { broadcastWithdrawal }: RobotsScope) => broadcastWithdrawal.ofContact(contact),
});
