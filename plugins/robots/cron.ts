/** What robots do by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { RobotsScope } from './scope.ts';

/** Each step is bounded: what is left is done at once, and the rest a minute later. */
const MOST_STEPS = 20;

export const sweepRobots = defineCron({
  name: 'robots.sweep',
  summary: 'Gives up commands that nobody has carried out, and notes which robots have gone',
  schedule: '* * * * *',
  async run(_run, { robotResults, robotPresence }: RobotsScope) {
    for (let step = 0; step < MOST_STEPS && (await robotResults.expire()) > 0; step++);
    for (let step = 0; step < MOST_STEPS && (await robotPresence.sweep()) > 0; step++);
  },
});

export const tidyRobots = defineCron({
  name: 'robots.tidy',
  summary: 'Forgets tokens of robots that have expired',
  schedule: '17 3 * * *',
  async run(_run, { robotTokens }: RobotsScope) {
    await robotTokens.tidy();
  },
});
