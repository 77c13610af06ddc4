/** `patchbay config:reset AREA`: forgets what is set in the pages in an area; for a server that does not start with it. */
import { ConfigError } from '../errors.ts';
import { createLog } from '../observability/log.ts';
import { createPlatform } from '../platform.ts';
import { appendVersion, readStored } from '../settings/stored-settings.ts';

export async function configReset(area: string): Promise<void> {
  // Not with what is to be forgotten, which may be what it cannot be built with.
  const platform = await createPlatform({ purpose: 'change', failure: 'reset', log: createLog({ level: 'warn' }) });
  const { db, secrets, clock } = platform.services;
  try {
    const stored = await readStored(db.write, secrets);
    const { version, values } = stored.get(area) ?? { version: 0, values: {} };
    const changed = Object.keys(values);
    if (changed.length === 0) throw new ConfigError(`Nothing is set in '${area}'${among([...stored.keys()])}`);
    await db.transaction((trx) =>
      appendVersion(trx, secrets, { area, version: version + 1, values: {}, changed, now: clock.now() }),
    );
    process.stdout.write(`Forgotten: ${changed.join(', ')}\n`);
  } finally {
    await platform.stop();
  }
}

function among(areas: readonly string[]): string {
  return areas.length === 0 ? '' : `; there is something in ${areas.join(', ')}`;
}
