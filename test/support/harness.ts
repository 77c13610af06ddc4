/** Starts the real platform for a test, with the harness that authors of plugins get as `patchbay/testing`. */
import { type TestPlatform as Started, startPlatform as start, type TestOptions } from '#core/testing/harness.ts';
import type { Insides } from './insides.ts';

export { dropDatabase, freshDatabase, ownedDatabase, testDatabase } from '#core/testing/databases.ts';
export type { TestClock, TestOptions } from '#core/testing/harness.ts';
export type { Recording } from '#core/testing/recording.ts';

/** Our own tests know the types of every plugin's services. */
export type TestPlatform = Started<Insides>;

export function startPlatform(options?: TestOptions): Promise<TestPlatform> {
  return start<Insides>(options);
}
