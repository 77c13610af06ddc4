/** `patchbay-platform/testing`: starts the real platform for tests of plugins, on SQLite or PostgreSQL, with a clock that tests move. */
import { shareModules } from '#core/loading/shared-modules.ts';

export { type ManualClock, manualClock } from '#core/clock.ts';
export type { Answer, Client } from '#core/testing/client.ts';
export { testDatabase } from '#core/testing/databases.ts';
export { startPlatform, type TestOptions, type TestPlatform } from '#core/testing/harness.ts';
export { catchMails } from '#core/testing/mails.ts';
export type { Recording } from '#core/testing/recording.ts';
export * from './people.ts';

// What is imported from now on, the plugin under test first of all, shares this instance.
shareModules();
