#!/usr/bin/env node
/** Runs the command line (`core/main.ts`) on Node 24, in the foreground, passing signals and the exit code on. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, nodeBinary, root, setUp } from './setup.mjs';

const args = process.argv.slice(2);
setUp();
const child = spawn(nodeBinary(), [join(root, 'core', 'main.ts'), ...args], { stdio: 'inherit', env: environment() });
// A terminal sends Ctrl-C to both; a service manager sends SIGTERM only to this process.
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGINT', () => {});
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
