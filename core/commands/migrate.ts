/** `patchbay migrate [--down N]`: the tables, forward or back. */

import { ConfigError } from '../config/load.ts';
import { migrateDown, migrateUp } from '../database/migrations.ts';
import { withPlatform } from './with-platform.ts';

export async function migrate(options: { down?: string }): Promise<void> {
  const count = options.down === undefined ? 0 : Number(options.down);
  if (!Number.isInteger(count) || count < 0)
    throw new ConfigError(`--down takes a whole number, not '${options.down}'`);
  await withPlatform(async ({ services, migrations }) => {
    const names =
      count > 0 ? await migrateDown(services.db, migrations, count) : await migrateUp(services.db, migrations);
    const verb = count > 0 ? 'Took back' : 'Ran';
    process.stdout.write(names.length > 0 ? names.map((name) => `${verb} ${name}\n`).join('') : 'Nothing to do.\n');
  });
}
