/** `patchbay migrate [--down N [--plugin NAME] | --drop NAME]`: the tables, forward or back. */

import { dropPlugin } from '../database/drop-plugin.ts';
import { inTurn, migrateDown } from '../database/migrations.ts';
import { ConfigError } from '../errors.ts';
import { withPlatform } from './with-platform.ts';

export async function migrate(options: { down?: string; plugin?: string; drop?: string }): Promise<void> {
  const count = options.down === undefined ? 0 : Number(options.down);
  if (!Number.isInteger(count) || count < 0)
    throw new ConfigError(`--down takes a whole number, not '${options.down}'`);
  await withPlatform('change', async ({ services, migrations, installation, migrate: bring }) => {
    const { db } = services;
    const { drop } = options;
    if (drop !== undefined) {
      const tables = await inTurn(db, () => dropPlugin(db, migrations, drop));
      process.stdout.write(`Deleted ${tables.length} tables of '${drop}': ${tables.join(', ')}\n`);
      return;
    }
    const names = await inTurn(db, async () => {
      if (count > 0) return migrateDown(db, migrations, count, options.plugin);
      const ran = await bring();
      await installation.claim();
      return ran;
    });
    const verb = count > 0 ? 'Took back' : 'Ran';
    process.stdout.write(names.length > 0 ? names.map((name) => `${verb} ${name}\n`).join('') : 'Nothing to do.\n');
  });
}
