/** Starts the real platform for a test, with the harness that authors of plugins get as `patchbay-platform/testing`. */
import { type TestPlatform as Started, startPlatform as start, type TestOptions } from '#core/testing/harness.ts';
import type { Insides } from './insides.ts';

export {
  administer,
  databaseUrl,
  dropDatabase,
  freshDatabase,
  ownedDatabase,
  testDatabase,
} from '#core/testing/databases.ts';
export type { TestOptions } from '#core/testing/harness.ts';
export type { Recording } from '#core/testing/recording.ts';

/** Our own tests know the types of every plugin's services. */
export type TestPlatform = Started<Insides>;

export function startPlatform({ plugins = [], ...options }: TestOptions = {}): Promise<TestPlatform> {
  return start<Insides>({ ...options, plugins: receivingAnywhere(plugins) });
}

type Wanted = NonNullable<TestOptions['plugins']>;

/** A test that says nothing about the port for mail gets a free one: another test beside it may have the usual one. */
function receivingAnywhere(plugins: Wanted): Wanted {
  const named: Record<string, any> = Array.isArray(plugins)
    ? Object.fromEntries(plugins.map((name) => [name, {}]))
    : { ...plugins };
  if (named.mail) named.mail = { ...named.mail, smtp: { port: 0, ...named.mail.smtp } };
  return named;
}
