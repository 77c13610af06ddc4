/** What robots do by the clock, through several parts. */
import { defineCron } from '#core/plugin.ts';
import { deleteUnusedWords } from './conversations/words.ts';
import type { RobotsScope } from './scope.ts';

/** Each step is bounded: what is left is done at once, and the rest a minute later. */
const MOST_STEPS = 20;
const CODES_AT_ONCE = 50;

export const sweepRobots = defineCron({
  name: 'robots.sweep',
  summary: 'Expires commands that nobody has carried out, notes which robots have gone, ends codes whose time is over',
  schedule: '* * * * *',
  async run(_run, { robotResults, robotPresence, robotCodes, broadcastPacing }: RobotsScope) {
    for (let step = 0; step < MOST_STEPS && (await robotResults.expire()) > 0; step++);
    for (let step = 0; step < MOST_STEPS && (await robotPresence.sweep()) > 0; step++);
    for (let step = 0; step < MOST_STEPS && (await robotCodes.reinstateSome(CODES_AT_ONCE)) > 0; step++);
    for (let step = 0; step < MOST_STEPS && (await robotCodes.expireSome(CODES_AT_ONCE)) > 0; step++);
    await broadcastPacing.resumeLost();
  },
});

export const tidyRobots = defineCron({
  name: 'robots.tidy',
  summary:
    'Forgets tokens that have expired, refused tries at codes and old entries of the log, and erases robots that were deleted long ago',
  schedule: '17 3 * * *',
  async run(_run, { db, robotTokens, robotErasure, robotLogs }: RobotsScope) {
    await robotTokens.tidy();
    await robotErasure.deleteTries();
    await robotLogs.tidy();
    if ((await robotErasure.eraseDeleted()) > 0) await deleteUnusedWords(db);
  },
});
