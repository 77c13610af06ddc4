#!/usr/bin/env node
/**
 * Runs the command line (`core/main.ts`) on Node 24, in the foreground, passing signals and the exit code on. The server
 * never outlives its launcher: it stops when the channel between them closes, which also SIGKILL does. `patchbay.yaml` in
 * the working folder is the configuration, unless PATCHBAY_CONFIG names another one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { serverFolder } from './server-sources.mjs';
import { canBundle, environment, lacksBundles, mainFile, nodeBinary, root, serverFlags, setUp } from './setup.mjs';
import { isWebOld } from './web-sources.mjs';

/** How often the launcher looks whether npm, which started it, is still there. */
const PARENT_CHECK_MS = 1_000;

const args = process.argv.slice(2);
const ownConfig = resolve('patchbay.yaml');
// Serving needs no development packages, but building the pages does.
const serves = ['start', 'dev'].includes(args[0]);
const buildsPages = serves && isWebOld();
setUp({ development: buildsPages });
if (buildsPages) {
  console.log('Building the pages …');
  const status = runScript('build-web.ts');
  if (status !== 0) process.exit(status ?? 1);
}
// Without them a start only takes longer.
if (serves && lacksBundles()) runScript('bundle-packages.ts');
const child = spawn(nodeBinary(), [...serverFlags, fileToStart(), ...args], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: environment({
    ...(process.env.PATCHBAY_CONFIG === undefined && existsSync(ownConfig) && { PATCHBAY_CONFIG: ownConfig }),
  }),
});
// A terminal sends Ctrl-C to both, and a second one would cut the draining off; anyone else sends only to this process.
const inTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => {
  if (!inTerminal) child.kill('SIGINT');
});
if (process.env.npm_lifecycle_event) watchParent();
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));

/** The server runs from files that were made of its modules, where those that make them are installed. */
function fileToStart() {
  if (args[0] !== 'start' || !canBundle()) return mainFile;
  const made = join(serverFolder(), 'main.mjs');
  if (!existsSync(made)) runScript('bundle-server.ts', 'ignore');
  return existsSync(made) ? made : mainFile;
}

function runScript(file, out = 'inherit') {
  const stdio = ['inherit', out, 'inherit'];
  return spawnSync(nodeBinary(), [join(root, 'scripts', file)], { stdio, env: environment() }).status;
}

/** Under `npm start` npm is what a supervisor sees and kills; whoever was killed passes no signal on. */
function watchParent() {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, PARENT_CHECK_MS).unref();
}
