/**
 * `npm test -- --changed`: of the tests that stand on what has changed since the branch was made, or since REF, the nearest, as
 * many as a minute holds; with `--all` every one of them, and why.
 */
import { execFileSync } from 'node:child_process';
import { standingOn } from './import-graph.ts';
import { nearestFirst } from './nearest.ts';
import { ROOT, secondsOf, testFiles } from './plan.ts';

/** Every test runs on these. */
const UNDER_EVERYTHING =
  /^(package(-lock)?\.json|tsconfig\.json|\.mocharc\.json|\.ci\/.*|scripts\/(test|setup)\.mjs|scripts\/testing\/.*|test\/support\/(harness|templates|databases|postgres)\.ts)$/;
/** They read the whole house, and take a second. */
const LOOK_AT_EVERYTHING = ['test/house.unit.test.ts', 'test/docs/links.unit.test.ts'];

/** The rest of the minute is for starting, for types and for lint. */
const SECONDS = 35;
/** Of the history; what lay further back says less of today's files. */
const COMMITS = 3_000;

export interface Choice {
  /** Since which commit; the branch's beginning without it. */
  ref?: string;
  /** How many files run at a time. */
  workers: number;
  /** All that stand on it, whatever they take. */
  isAll: boolean;
}

/** The test files that concern what has changed; prints what was chosen. */
export function changedTests({ ref, workers, isAll }: Choice): string[] {
  const base = ref ?? branchPoint();
  const files = changedSince(base);
  console.log(`\n── changed since ${git('log', '-1', '--format=%h %s', base)}: ${files.length} files`);
  if (files.length === 0) return [];
  return isAll
    ? testsFor(files)
    : inAMinute(
        testsFor(files, () => {}),
        files,
        workers,
      );
}

/** The nearest, until the time is used up; always one. */
function inAMinute(tests: readonly string[], files: readonly string[], workers: number): string[] {
  const log = git('log', `--max-count=${COMMITS}`, '--name-only', '--no-merges', '--format=%x00');
  const ordered = nearestFirst(tests, files, log.split('\0').map(lines));
  const seconds = secondsOf(ordered);
  let left = SECONDS * workers;
  const taken = ordered.filter((test, number) => {
    const isTaken = number === 0 || seconds(test) <= left;
    if (isTaken) left -= seconds(test);
    return isTaken;
  });
  for (const test of taken) console.log(test);
  console.log(
    `${taken.length} of ${tests.length} test files that stand on it, the nearest first; all: --changed --all`,
  );
  return taken;
}

/** The tests that stand on these files; says which, with the first reason. */
export function testsFor(files: readonly string[], say: (line: string) => void = console.log): string[] {
  const tests = testFiles([]);
  const everything = files.find((file) => UNDER_EVERYTHING.test(file));
  if (everything) {
    say(`all ${tests.length} test files: every test runs on ${everything}`);
    return tests;
  }
  const grounds = standingOn(tests, [...new Set([...lines(git('ls-files')), ...files])]);
  const chosen = tests.filter((test) => {
    const reasons = files.filter((file) => grounds.get(test)?.has(file));
    if (reasons.length > 0) say(`${test} ← ${reasons.slice(0, 3).join(', ')}${reasons.length > 3 ? ' …' : ''}`);
    else if (LOOK_AT_EVERYTHING.includes(test)) say(`${test} ← looks at everything`);
    else return false;
    return true;
  });
  for (const file of files.filter((one) => !chosen.some((test) => grounds.get(test)?.has(one)))) {
    say(`no test stands on ${file}`);
  }
  say(`${chosen.length} of ${tests.length} test files`);
  return chosen;
}

/** Where this branch left the one that it will go back to; HEAD when that is where it stands. */
function branchPoint(): string {
  for (const other of ['@{upstream}', 'origin/main', 'main']) {
    const base = tried('merge-base', 'HEAD', other);
    if (base) return base;
  }
  return 'HEAD';
}

/** Committed since, changed, deleted and new files. */
function changedSince(base: string): string[] {
  const changed = git('diff', '--name-only', '--no-renames', base);
  const added = git('ls-files', '--others', '--exclude-standard');
  return [...new Set([...lines(changed), ...lines(added)])].sort();
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).trim();
}

function tried(...args: string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // No such branch here.
    return null;
  }
}
