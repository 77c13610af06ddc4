/** Adds the commands that enabled plugins bring. A broken configuration must not hide the commands of core. */
import type { Command as Commander } from 'commander';
import { prepare } from '../configuration.ts';
import type { Database } from '../database/database.ts';
import { inTurn, type MigrationSource, migrateUp, pendingMigrations } from '../database/migrations.ts';
import { ConfigError } from '../errors.ts';
import type { Command } from '../plugin.ts';
import { withPlatform } from './with-platform.ts';

type Runner = <A extends unknown[]>(action: (...args: A) => Promise<void>) => (...args: A) => Promise<void>;

export async function addPluginCommands(program: Commander, run: Runner): Promise<void> {
  for (const command of await pluginCommands()) {
    // What everybody needs is there whatever a plugin calls its own.
    if (program.commands.some((other) => other.name() === command.name)) {
      process.stderr.write(
        `patchbay: the plugin '${command.plugin}' has a command '${command.name}', which there is\n`,
      );
      continue;
    }
    const added = program.command(command.name).description(command.summary);
    for (const { flags, description, default: value } of command.arguments ?? []) {
      if (flags.startsWith('-')) added.option(flags, description, value);
      else added.argument(flags, description, value);
    }
    added.action(run(async (...all: unknown[]) => execute(command, added, all)));
  }
}

interface OwnedCommand extends Command {
  plugin: string;
}

async function pluginCommands(): Promise<OwnedCommand[]> {
  try {
    const { plugins } = await prepare({});
    return plugins.flatMap(({ plugin: { name, commands = [] } }) =>
      commands.map((command) => ({ ...command, plugin: name })),
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(
      `patchbay: commands of plugins are missing, because of the configuration:\n${error.message}\n\n`,
    );
    return [];
  }
}

async function execute(command: OwnedCommand, added: Commander, all: readonly unknown[]): Promise<void> {
  const named = added.registeredArguments.map((argument, index) => [argument.name(), all[index]]);
  const args = { ...Object.fromEntries(named), ...added.opts() };
  await withPlatform(
    command.besideServer ? 'read' : 'change',
    async ({ services, scopeOf, migrations, installation }) => {
      await (command.besideServer ? mustBeMigrated(services.db, migrations) : upToDate(services.db, migrations));
      await installation.claim();
      await command.run(args, scopeOf({ name: command.plugin }));
    },
  );
}

async function upToDate(db: Database, migrations: readonly MigrationSource[]): Promise<void> {
  await inTurn(db, () => migrateUp(db, migrations));
}

/** Beside a server of another version the tables stay as that one has them. */
async function mustBeMigrated(db: Database, migrations: readonly MigrationSource[]): Promise<void> {
  const pending = await pendingMigrations(db, migrations);
  if (pending.length > 0)
    throw new ConfigError(`The database is of an older version (it lacks ${pending[0]}). Start, or run \`migrate\``);
}
