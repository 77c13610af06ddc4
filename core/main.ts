/** The command line. Each command is a file in `commands/`, loaded when it runs; plugins add theirs. */
import { Command as Commander } from 'commander';
import { ConfigError, codeOf, isAppError, messageOf } from './errors.ts';
import { quickenImports } from './loading/quick-imports.ts';
import { coreVersion } from './version.ts';

// Who reads may have enough, as `| head` has: what else is printed goes nowhere, and the work is done.
process.stdout.on('error', (error) => {
  if (codeOf(error) !== 'EPIPE') throw error;
});

quickenImports();

const program = new Commander('patchbay')
  .description('Self-hosted back office in one process: accounts, billing, mail, licences, workflows.')
  .version(coreVersion())
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nThe configuration is config/default.yaml, over it the file named by PATCHBAY_CONFIG (./patchbay.yaml).',
  );

program
  .command('start')
  .description('Migrate and serve, in the foreground')
  .action(run(async () => (await import('./commands/start.ts')).start()));
program
  .command('dev')
  .description('Serve, and start again when code, configuration or a plugin of yours changes')
  .action(run(async () => (await import('./commands/dev.ts')).dev()));
program
  .command('check')
  .description('Check the configuration and the plugins without starting')
  .action(run(async () => (await import('./commands/check.ts')).check()));
program
  .command('migrate')
  .description('Run new migrations, or take the last ones back')
  .option('--down <count>', 'take back this many')
  .option('--plugin <name>', 'with --down: those of this plugin (or core) alone')
  .option('--drop <plugin>', 'delete the tables of a plugin that is gone, with all that is in them')
  .action(
    run(async (options: { down?: string; plugin?: string; drop?: string }) =>
      (await import('./commands/migrate.ts')).migrate(options),
    ),
  );
program
  .command('routes')
  .description('List every route with who may call it')
  .action(run(async () => (await import('./commands/routes.ts')).routes()));
program
  .command('openapi')
  .description('Print the OpenAPI 3.1 document')
  .action(run(async () => (await import('./commands/routes.ts')).openapi()));
program
  .command('backup')
  .description('Write a consistent copy of database, files and secrets; works while Patchbay runs')
  .argument('<file>', 'the .tar.gz to write; must not exist')
  .action(run(async (file: string) => (await import('./commands/backup.ts')).backup(file)));
program
  .command('backup:list')
  .description('List the copies of backups in the second place (backups.target), newest first')
  .action(run(async () => (await import('./commands/backup-copies.ts')).backupList()));
program
  .command('backup:fetch')
  .description('Fetch a copy of a backup from the second place, for `restore`')
  .argument('<name>', 'as `backup:list` names it, or newest')
  .argument('[file]', 'where to write it; default: its name, in the working folder')
  .action(
    run(async (name: string, file?: string) => (await import('./commands/backup-copies.ts')).backupFetch(name, file)),
  );
program
  .command('backup:key')
  .description('Make a key for encrypted backups and print it, this once')
  .action(run(async () => (await import('./commands/backup-key.ts')).backupKey()));
program
  .command('restore')
  .description('Restore a backup into an empty data folder; never overwrites')
  .argument('<file>', 'a file that `backup` wrote')
  .option('--without <plugin...>', 'leave out the data of plugins that are gone')
  .option('--identity <file>', 'with the key of an encrypted backup')
  .action(
    run(async (file: string, options: { without?: string[]; identity?: string }) =>
      (await import('./commands/restore.ts')).restore(file, options),
    ),
  );
program
  .command('move')
  .description(
    'Move all data to the other kind of database, with the server stopped; continues where it was interrupted',
  )
  .option('--to <address>', 'postgres://user:password@host/name or sqlite:FILE; else PATCHBAY_MOVE_TO')
  .option('--start-over', 'first delete what an unfinished move has left there')
  .option('--without <plugin...>', 'leave the data of plugins that are gone behind')
  .option('--data-dir <folder>', 'copy the files of the data folder there as well')
  .action(
    run(async (options: { to?: string; startOver?: boolean; without?: string[]; dataDir?: string }) =>
      (await import('./commands/move.ts')).move(options),
    ),
  );
program
  .command('new-plugin')
  .description('Write a complete plugin with its test into FOLDER/NAME')
  .argument('<name>', 'lower-case letters, digits, dashes')
  .option('--folder <folder>', 'where plugins of your own live', 'my-plugins')
  .option('--ui', 'with pages in the web UI')
  .action(
    run(async (name: string, options: { folder: string; ui?: boolean }) =>
      (await import('./commands/new-plugin.ts')).newPlugin(name, options),
    ),
  );
program
  .command('build-pages')
  .description('Build the pages of a plugin, FOLDER/ui, into FOLDER/pages')
  .argument('[folder]', 'default: the working folder')
  .action(run(async (folder?: string) => (await import('./commands/build-pages.ts')).buildPages(folder)));
program
  .command('test')
  .description('Run the tests of plugins: every *.test.ts below a folder')
  .argument('[folder]', 'default: the working folder')
  .option('--pg', 'on PostgreSQL, which is started for it unless PATCHBAY_TEST_PG_URL names one')
  .action(
    run(async (folder: string | undefined, options: { pg?: boolean }) =>
      (await import('./commands/test.ts')).test(folder, options),
    ),
  );
program
  .command('config:schema')
  .description('Write config/schema.json, with which editors complete the configuration')
  .option('--output <file>', 'where to write it', 'config/schema.json')
  .action(
    run(async (options: { output: string }) => (await import('./commands/config-schema.ts')).configSchema(options)),
  );

program
  .command('config:export')
  .description('Print as YAML what is set in the pages; secrets as variables of the environment')
  .option('--output <file>', 'write a file, which must not exist, readable by its owner alone')
  .option('--with-secrets', 'with the secrets in it')
  .action(
    run(async (options: { output?: string; withSecrets?: boolean }) =>
      (await import('./commands/config-export.ts')).configExport(options),
    ),
  );
program
  .command('config:reset')
  .description('Forget what is set in the pages in an area, with the server stopped')
  .argument('<area>', 'as `config:export` names it: sending, domains, …')
  .action(run(async (area: string) => (await import('./commands/config-reset.ts')).configReset(area)));

// A command of core needs no plugins here, and the version none at all: `start` would load everything twice.
const [, , first = ''] = process.argv;
const needsNoPlugins =
  ['-V', '--version'].includes(first) || program.commands.some((command) => command.name() === first);
if (!needsNoPlugins) {
  await (await import('./commands/plugin-commands.ts')).addPluginCommands(program, run);
}
await program.parseAsync();

/** One sentence for what the operator can mend, a stack trace for what only we can. */
function run<A extends unknown[]>(action: (...args: A) => Promise<void>): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (error) {
      const isPlain = error instanceof ConfigError || isAppError(error) || !(error instanceof Error);
      const shown = isPlain ? messageOf(error) : (error.stack ?? error.message);
      process.stderr.write(`patchbay: ${shown}\n`);
      process.exitCode = 1;
    }
  };
}
