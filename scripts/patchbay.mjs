#!/usr/bin/env node
/** Runs the command line (`core/main.ts`) on Node 24, in the foreground, passing signals and the exit code on. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { environment, hasNode24, nodeBinary, root, serverFlags, setUp } from './setup.mjs';

const args = process.argv.slice(2);
// Serving needs no development packages where Node 24 is there anyway.
setUp({ development: !hasNode24 });
const child = spawn(nodeBinary(), [...serverFlags, join(root, 'core', 'main.ts'), ...args], {
  stdio: 'inherit',
  env: environment(),
});
// A terminal sends Ctrl-C to both, and a second one would cut the draining off; anyone else sends only to this process.
const inTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGINT', () => {
  if (!inTerminal) child.kill('SIGINT');
});
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
