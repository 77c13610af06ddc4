/**
 * A process that runs one test file after another on one database (PATCHBAY_TEST_DATABASE), as its parent sends them. What
 * is imported stays imported, so that only the first platform of a process pays for loading the code.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import Mocha from 'mocha';
import { takeWarnings } from '../../core/testing/warnings.ts';
import type { FromWorker, RunFile } from './messages.ts';
import { ROOT } from './plan.ts';
import { processorTime } from './processor-time.ts';

const { timeout } = JSON.parse(readFileSync(join(ROOT, '.mocharc.json'), 'utf8'));

const REASON_LINES = 12;
/** Of Node's HTTP servers that nobody has told another. */
const KEEP_ALIVE_MS = 5_000;

// The room for young values that the pool gives (pool.ts) is of this heap alone: threads have limits of their own, and processes
// that tests start are as they are elsewhere.
for (const size of ['min', 'max']) setFlagsFromString(`--${size}-semi-space-size=0`);
process.execArgv.length = 0;

// A fake of the outside in the process of its caller: on a busy machine it would close a kept connection while a request is
// written into it, which is what servers elsewhere have a minute for. The caller ends it first.
subscribe('http.server.request.start', (message) => {
  const { server } = message as { server: Server };
  if (server.keepAliveTimeout === KEEP_ALIVE_MS) server.keepAliveTimeout = 0;
});

// Rejections that nobody handles fail the test in which they happen, as exceptions do.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
process.on('disconnect', () => process.exit(1));
process.on('message', (message: RunFile | 'end') => {
  if (message === 'end') process.exit(0);
  void run(message.file);
});

async function run(file: string): Promise<void> {
  const before = processorTime();
  const mocha = new Mocha({
    timeout,
    forbidOnly: true,
    forbidPending: true,
    color: process.env.PATCHBAY_TEST_COLOR === '1',
  });
  mocha.addFile(join(ROOT, file));
  tell({ kind: 'begun', title: 'loading the file', timeoutMs: timeout });
  try {
    await mocha.loadFilesAsync();
  } catch (error) {
    console.error(error);
    ended(0, 1, ['(the file could not be loaded)']);
    return;
  }
  const failures: string[] = [];
  const runner = mocha.run(() => {
    const { passes = 0, pending = 0, tests = 0 } = runner.stats ?? {};
    if (tests === 0) failures.push('(no test of this file runs on this database: its name should say so)');
    // A pending test is one that somebody left out: it does not pass in silence.
    ended(passes, failures.length + pending, failures);
    // Else it goes on hearing what nobody caught, and ends the process because its own run is over.
    runner.dispose();
  });
  const begun = (what: Mocha.Runnable) => {
    takeWarnings();
    tell({ kind: 'begun', title: what.fullTitle(), timeoutMs: what.timeout() });
  };
  runner.on('test', begun);
  runner.on('hook', begun);
  runner.on('fail', (what: Mocha.Runnable, error: unknown) =>
    failures.push([what.fullTitle(), reasonOf(error), ...takeWarnings().map(indented)].join('\n')),
  );

  function ended(passed: number, failed: number, titles: string[]): void {
    const { ownSeconds, childSeconds } = processorTime();
    const cpuSeconds = ownSeconds - before.ownSeconds + childSeconds - before.childSeconds;
    tell({ kind: 'ended', passed, failed, failures: titles, cpuSeconds });
  }
}

/** Why, in a few lines: the whole stack stands where the test ran. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n').slice(0, REASON_LINES).map(indented).join('\n');
}

function indented(line: string): string {
  return `      ${line.slice(0, 300)}`;
}

function tell(message: FromWorker): void {
  process.send?.(message);
}
