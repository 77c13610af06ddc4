/** The command line. Each command is a file in `commands/`; plugins add theirs. */
import { Command as Commander } from 'commander';
import { backup } from './commands/backup.ts';
import { check } from './commands/check.ts';
import { configSchema } from './commands/config-schema.ts';
import { dev } from './commands/dev.ts';
import { migrate } from './commands/migrate.ts';
import { newPlugin } from './commands/new-plugin.ts';
import { addPluginCommands } from './commands/plugin-commands.ts';
import { restore } from './commands/restore.ts';
import { openapi, routes } from './commands/routes.ts';
import { start } from './commands/start.ts';
import { test } from './commands/test.ts';
import { ConfigError } from './config/load.ts';
import { codeOf, isAppError, messageOf } from './errors.ts';
import { coreVersion } from './plugins.ts';

// Who reads may have enough, as `| head` has: what else is printed goes nowhere, and the work is done.
process.stdout.on('error', (error) => {
  if (codeOf(error) !== 'EPIPE') throw error;
});

const program = new Commander('patchbay')
  .description('Self-hosted back office in one process: accounts, billing, mail, licences, workflows.')
  .version(coreVersion())
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nThe configuration is config/default.yaml, over it the file named by PATCHBAY_CONFIG (./patchbay.yaml).',
  );

program.command('start').description('Migrate and serve, in the foreground').action(run(start));
program
  .command('dev')
  .description('Serve, and start again when code, configuration or a plugin of yours changes')
  .action(run(dev));
program.command('check').description('Check the configuration and the plugins without starting').action(run(check));
program
  .command('migrate')
  .description('Run new migrations, or take the last ones back')
  .option('--down <count>', 'take back this many')
  .option('--plugin <name>', 'with --down: those of this plugin (or core) alone')
  .action(run(migrate));
program.command('routes').description('List every route with who may call it').action(run(routes));
program.command('openapi').description('Print the OpenAPI 3.1 document').action(run(openapi));
program
  .command('backup')
  .description('Write a consistent copy of database, files and secrets; works while Patchbay runs')
  .argument('<file>', 'the .tar.gz to write; must not exist')
  .action(run(backup));
program
  .command('restore')
  .description('Restore a backup into an empty data folder; never overwrites')
  .argument('<file>', 'a file that `backup` wrote')
  .action(run(restore));
program
  .command('new-plugin')
  .description('Write a complete plugin with its test into FOLDER/NAME')
  .argument('<name>', 'lower-case letters, digits, dashes')
  .option('--folder <folder>', 'where plugins of your own live', 'my-plugins')
  .action(run(newPlugin));
program
  .command('test')
  .description('Run the tests of plugins: every *.test.ts below a folder')
  .argument('[folder]', 'default: the working folder')
  .option('--pg', 'on PostgreSQL, which is started for it unless PATCHBAY_TEST_PG_URL names one')
  .action(run(test));
program
  .command('config:schema')
  .description('Write config/schema.json, with which editors complete the configuration')
  .option('--output <file>', 'where to write it', 'config/schema.json')
  .action(run(configSchema));

await addPluginCommands(program, run);
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
