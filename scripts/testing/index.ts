/**
 * Everything that `npm test` runs: types, lint and import rules, then all tests, several files at a time. The last line says
 * `N passed, M failed`. Arguments: test files and folders, `--sqlite`, `--pg`, `--changed[=REF]` with `--all`, `--watch`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../core/testing/postgres.ts';
import { chromium, preferShell } from '../chromium.ts';
import { openSshServer } from '../openssh.ts';
import { pebble } from '../pebble.ts';
import { pgBouncer } from '../pgbouncer.ts';
import { postgresPrograms } from '../postgres-programs.ts';
import { promtool } from '../promtool.ts';
import { environment, lacksBundles } from '../setup.mjs';
import { isWebOld } from '../web-sources.mjs';
import { changedTests, testsFor } from './changed.ts';
import { isInBrowser, type Job, jobName, jobsOf, keepDurations, ROOT, testFiles } from './plan.ts';
import { type Outcome, runJobs } from './pool.ts';
import { processorReport, processorTime } from './processor-time.ts';
import { scratchFolder } from './scratch.ts';
import { tryAgain } from './try-again.ts';
import { watchRooms } from './watch.ts';

/**
 * What most files do most of the time is work, and each worker pays for loading and warming the platform: two seconds of the
 * processor. With fewer the cores wait, for a database, a process, a timer.
 */
const WORKERS = Number(process.env.PATCHBAY_TEST_WORKERS ?? 2 * availableParallelism());
/** With four of them, as is usual, `tsc` takes twice the processor's time: each looks at much of what the others do. */
const ONE_CHECKER = ['--checkers', '1'];

const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith('--'));
const changed = args.find((arg) => /^--changed(=|$)/.test(arg));
const only = args.includes('--sqlite') ? 'sqlite3' : args.includes('--pg') ? 'pg' : null;
const isWatching = args.includes('--watch');
const isWhole = named.length === 0 && !only && !isWatching;
let passed = 0;
let failed = 0;
/** Checks beside the tests that have failed. */
const brokenChecks: string[] = [];
/** Titles of browser tests that failed beside others and passed alone. */
const unsteady: string[] = [];

// An end that others hear of: else what they made stays behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

if (isWatching) {
  await watchRooms(async (files) => {
    passed = 0;
    failed = 0;
    sumUp(await runAll(jobsOf(testsFor(files), only ?? 'sqlite3')));
  });
}
const files =
  changed === undefined
    ? testFiles(named)
    : changedTests({ ref: changed.split('=')[1], workers: WORKERS, isAll: args.includes('--all') });
sumUp(await runAll(jobsOf(files, only)));
process.exit(failed > 0 ? 1 : 0);

/** The failed tests once more, where nobody has to look for them, and the line that tools read. */
function sumUp(outcomes: readonly Outcome[]): void {
  const titles = outcomes.flatMap((outcome) => outcome.failures.map((title) => `${jobName(outcome.job)}: ${title}`));
  if (unsteady.length > 0)
    console.log(['\n── failed at first, passed alone: to be made steady', ...unsteady].join('\n'));
  if (titles.length + brokenChecks.length > 0) console.log(['\n── failed', ...brokenChecks, ...titles].join('\n'));
  failed += brokenChecks.length;
  for (const outcome of outcomes) {
    passed += outcome.passed;
    failed += outcome.failed;
  }
  if (isWhole) console.log(processorReport(outcomes, secondsBeside(outcomes)));
  console.log(`\n${passed} passed, ${failed} failed`);
}

/** One after another, beside the tests: those leave a core free now and then, and a check takes no more than one. */
async function runChecks(): Promise<void> {
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  const biome = join('node_modules', '@biomejs', 'biome', 'bin', 'biome');
  await check('types', [tsc, '-p', '.', ...ONE_CHECKER]);
  await check('types of the pages', [tsc, '-p', join('plugins', 'admin', 'web'), ...ONE_CHECKER]);
  await check('format, lint and import rules', [biome, 'check', '--error-on-warnings', '.']);
}

/** What it says is printed in one piece, when it is known. */
async function check(name: string, command: string[]): Promise<void> {
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const [status] = await once(child, 'close');
  console.log(`\n── ${name}\n${Buffer.concat(said)}`);
  if (status === 0) passed++;
  else brokenChecks.push(name);
}

/** Workers have ended as children of this process, as the server of the databases and the checks have. */
function secondsBeside(outcomes: readonly Outcome[]): number {
  const { ownSeconds, childSeconds } = processorTime();
  return Math.max(
    0,
    outcomes.reduce((left, { cpuSeconds }) => left - cpuSeconds, ownSeconds + childSeconds),
  );
}

function step(name: string, command: string[]): void {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit', env: environment() });
  if (status === 0) passed++;
  else failed++;
}

async function runAll(jobs: readonly Job[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const scratch = scratchFolder();
  // Every temporary folder of the run lies in it, so that nothing stays behind.
  process.env.TMPDIR = scratch;
  // Also when somebody interrupts it: it lies in memory, and a few of them leave none.
  const removeScratch = () => rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  process.once('exit', removeScratch);
  const templates = mkdtempSync(join(scratch, 'templates-'));
  const shared = { PATCHBAY_TEST_TEMPLATES: templates, PATCHBAY_TEST_COLOR: process.stdout.isTTY ? '1' : '' };
  prepare(jobs);
  const postgres = jobs.some(({ database }) => database === 'pg') ? await serverOrNull() : null;
  const possible = postgres ? jobs : jobs.filter(({ database }) => database !== 'pg');
  console.log(`\n── tests: ${possible.length} files, ${WORKERS} at a time`);
  try {
    const run = (some: readonly Job[], workers: number) =>
      runJobs(some, {
        workers,
        env: {
          sqlite3: { ...shared, PATCHBAY_TEST_DATABASE: 'sqlite3' },
          pg: { ...shared, PATCHBAY_TEST_DATABASE: 'pg', PATCHBAY_TEST_PG_URL: postgres?.url },
        },
        ended(outcome) {
          outcomes.push(outcome);
          report(outcome);
        },
      });
    // A browser takes more than a core: beside one, tests that mind the time would fail for want of it. Browsers themselves wait a little.
    const [inBrowser, others] = [possible.filter(isInBrowser), possible.filter((job) => !isInBrowser(job))];
    await Promise.all([run(others, WORKERS), isWhole && runChecks()]);
    await run(inBrowser, 2 * availableParallelism());
    if (isWhole) unsteady.push(...(await tryAgain(outcomes, (some) => run(some, 1))));
  } finally {
    await postgres?.stop();
    removeScratch();
    process.removeListener('exit', removeScratch);
  }
  keepDurations(Object.fromEntries(outcomes.map(({ job, seconds }) => [jobName(job), Math.round(seconds * 10) / 10])));
  return outcomes;
}

/**
 * The types that the pages are checked by; the pages, which the default configuration serves; the packages as files, without
 * which each command that a test runs takes half as long again; and programs that npm does not have: without one its tests fail, each
 * by itself.
 */
function prepare(jobs: readonly Job[]): void {
  if (isWhole) step('types of the client, from the OpenAPI document', [join('scripts', 'build-web.ts'), '--types']);
  if (isWebOld()) step('pages', [join('scripts', 'build-web.ts')]);
  if (isWhole && lacksBundles()) step('packages', [join('scripts', 'bundle-packages.ts')]);
  const inBrowser = jobs.some(isInBrowser) ? [preferShell, chromium] : [];
  // One after another: test files beside each other would wait for apt-get longer than they may take.
  for (const get of isWhole
    ? [...inBrowser, pebble, openSshServer, pgBouncer, postgresPrograms, promtool]
    : inBrowser) {
    try {
      get();
    } catch (error) {
      console.error(`\n── ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Without a server its tests have failed: none is passed over in silence. */
async function serverOrNull() {
  try {
    return await startPostgres();
  } catch (error) {
    console.error(`\n── PostgreSQL could not be started: ${error instanceof Error ? error.message : error}`);
    failed++;
    return null;
  }
}

/** Of a file in which all is well one line, unless somebody asked for few; of others all that they printed. */
function report({ job, seconds, cpuSeconds, output, ...counts }: Outcome): void {
  const sign = counts.failed > 0 ? '✗' : '✓';
  const failures = counts.failed > 0 ? `, ${counts.failed} failed` : '';
  const isShown = counts.failed > 0 || !isWhole;
  if (isShown) console.log(`\n${output.trim()}\n`);
  console.log(
    `${sign} ${jobName(job)}: ${counts.passed} passed${failures} (${seconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s)`,
  );
}
