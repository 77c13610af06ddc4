/** Queued work of broadcasts. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { WORK_JOB } from './broadcasts.ts';
import { PACE_JOB, type PaceJob } from './pacing.ts';
import type { BroadcastsScope } from './services.ts';
import { LEAVE_JOB } from './withdrawal.ts';

/** Robots beside each other: each has a lane of its own, in which its steps follow one another. */
export const sendBroadcasts = defineJob({
  name: PACE_JOB,
  summary: 'Sends the next messages of broadcasts through a robot',
  payload: Type.Unsafe<PaceJob>(Type.Object({ robot: Type.Integer(), step: Type.Integer() })),
  concurrency: 20,
  perLane: 1,
  run: (job, _context, { broadcastPacing }: BroadcastsScope) => broadcastPacing.step(job),
});

export const workOnBroadcast = defineJob({
  name: WORK_JOB,
  summary: 'Freezes some more of the audience of a broadcast, or skips what is left of a cancelled one',
  payload: Type.Object({ broadcast: Type.Integer() }),
  // Without it a broadcast runs that sends nothing, or what was cancelled still waits.
  concurrency: 4,
  perLane: 1,
  mustHappen: true,
  run: ({ broadcast }, _context, { broadcasts }: BroadcastsScope) => broadcasts.work(broadcast),
});

export const leaveBroadcasts = defineJob({
  name: LEAVE_JOB,
  summary: 'Withdraws stored broadcast messages for contacts who have opted out',
  payload: Type.Object({ contact: Type.Integer() }),
  concurrency: 4,
  mustHappen: true,
  run: ({ contact }, _context, { broadcastWithdrawal }: BroadcastsScope) => broadcastWithdrawal.ofContact(contact),
});
