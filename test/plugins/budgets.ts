/**
 * What each main operation may cost, counted (test/support/costs.ts). Who makes one dearer changes its line here, and says in the
 * table below who pays for what; who makes one cheaper is told the new figures by the test, and writes them down.
 *
 * | date | operation | change | for |
 * |---|---|---|---|
 * | 2026-11-26 | a look by an API key | promises 79 to 46, timers 3 to 1 | answers that are sent where they are made, authentication that waits for nobody |
 * | 2026-11-26 | a workflow that a hook starts | promises 174 to 120 | the same, and expressions, tasks and starts that wait for nothing |
 * | 2026-11-26 | a page that is loaded | promises 202 to 246, timers 5 to 7 | entries that are shown only to whom they are of use, which their plugin is asked |
 * | 2026-11-26 | a workflow of ten tasks | promises 282 to 138 | the same |
 * | 2026-11-27 | whatever comes with a token or a cookie | one or two timers less for each request | one timer for all who wait for an authenticator; a robot's token is no business of people's |
 * | 2026-11-27 | an answer of a model, an upload of a robot, a mail that goes out, the result of a command | one to four statements less | one look at the queue instead of two, none for what is due later; who waited is asked for once |
 * | 2026-11-27 | an upload of a robot, an answer of a model, a mail that goes out | 18 to 12, 50 to 39, 29 to 23 statements; 3 to 1, 8 to 6 commits | the turn begins with its message, a job with a key is claimed by it, a claim and an end alone are one statement |
 * | 2026-11-27 | a mail that goes out | 23 to 24 statements | whose the mailbox is, asked again where the mail is stored: it may have been given away since |
 */
import type { Costs } from '#test/support/costs.ts';

export type Budget = Omit<Costs, 'fileBytes' | 'socketBytes'>;

export const BUDGETS: Record<string, Budget> = {
  'a sign-in': {
    statements: 12,
    prepared: 0,
    commits: 2,
    fileWrites: 0,
    messages: 0,
    socketWrites: 1,
    timers: 1,
    promises: 335,
  },
  'a look by an API key': {
    statements: 0,
    prepared: 0,
    commits: 0,
    fileWrites: 0,
    messages: 0,
    socketWrites: 1,
    timers: 1,
    promises: 46,
  },
  'a verification of a known device': {
    statements: 2,
    prepared: 0,
    commits: 1,
    fileWrites: 0,
    messages: 0,
    socketWrites: 1,
    timers: 1,
    promises: 135,
  },
  'a use that is consumed': {
    statements: 4,
    prepared: 0,
    commits: 1,
    fileWrites: 0,
    messages: 0,
    socketWrites: 0,
    timers: 0,
    promises: 85,
  },
  'a list of fifty': {
    statements: 3,
    prepared: 0,
    commits: 0,
    fileWrites: 0,
    messages: 0,
    socketWrites: 1,
    timers: 1,
    promises: 124,
  },
  'a mail that comes in': {
    statements: 10,
    prepared: 0,
    commits: 3,
    fileWrites: 1,
    messages: 3,
    socketWrites: 4,
    timers: 9,
    promises: 288,
  },
  'a mail of 100 KB that comes in': {
    statements: 10,
    prepared: 0,
    commits: 3,
    fileWrites: 1,
    messages: 3,
    socketWrites: 4,
    timers: 10,
    promises: 287,
  },
  'a mail that goes out': {
    statements: 24,
    prepared: 0,
    commits: 4,
    fileWrites: 0,
    messages: 3,
    socketWrites: 5,
    timers: 2,
    promises: 528,
  },
  'a workflow that a hook starts': {
    statements: 1,
    prepared: 0,
    commits: 1,
    fileWrites: 0,
    messages: 0,
    socketWrites: 1,
    timers: 2,
    promises: 120,
  },
  'a workflow of ten tasks': {
    statements: 1,
    prepared: 0,
    commits: 1,
    fileWrites: 0,
    messages: 0,
    socketWrites: 1,
    timers: 2,
    promises: 138,
  },
  'an event that starts a workflow': {
    statements: 10,
    prepared: 0,
    commits: 3,
    fileWrites: 0,
    messages: 0,
    socketWrites: 0,
    timers: 1,
    promises: 264,
  },
  'an upload of a robot': {
    statements: 12,
    prepared: 0,
    commits: 1,
    fileWrites: 0,
    messages: 0,
    socketWrites: 1,
    timers: 1,
    promises: 335,
  },
  'a command to a robot, with its result': {
    statements: 11,
    prepared: 0,
    commits: 2,
    fileWrites: 0,
    messages: 0,
    socketWrites: 3,
    timers: 2,
    promises: 335,
  },
  'an answer of a model': {
    statements: 39,
    prepared: 0,
    commits: 6,
    fileWrites: 0,
    messages: 0,
    socketWrites: 1,
    timers: 10,
    promises: 1409,
  },
  'a page that is loaded': {
    statements: 1,
    prepared: 0,
    commits: 0,
    fileWrites: 0,
    messages: 0,
    socketWrites: 3,
    timers: 5,
    promises: 246,
  },
};
