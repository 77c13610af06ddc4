/** The process behind warm-commands.ts: runs one command line after another, each anew but for the modules below main.ts. */
import { pathToFileURL } from 'node:url';
import { MAIN } from './command-line.ts';
import type { WarmCommand } from './warm-commands.ts';

const endProcess = process.exit.bind(process, 0);
/** What ends its process, as the help does, ends its command here. */
class Ended extends Error {}
process.exit = (code) => {
  process.exitCode = code ?? process.exitCode;
  throw new Ended();
};

// main.ts listens to it each time.
process.stdout.setMaxListeners(0);
process.on('disconnect', endProcess);
process.on('message', (command: WarmCommand) => void run(command));

async function run({ number, args, env, cwd, mark }: WarmCommand): Promise<void> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.argv.splice(1, Infinity, MAIN, ...args);
  process.exitCode = 0;
  await import(`${pathToFileURL(MAIN).href}?${number}`).catch((error) => {
    if (!(error instanceof Ended)) throw error;
  });
  process.stderr.write(mark);
  process.stdout.write(`${mark}${process.exitCode}\n`);
}
