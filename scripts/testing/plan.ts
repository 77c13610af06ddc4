/**
 * Which test file runs on which database. The rule is in the file's name, as CONTRIBUTING.md says: `x.test.ts` on both,
 * `x.unit.test.ts` on SQLite alone because what it tests does not meet the database's dialect, `x.pg.test.ts` on PostgreSQL
 * alone because there is nothing to test elsewhere, `x.e2e.test.ts` in a browser, on SQLite.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type TestDatabase = 'sqlite3' | 'pg';

export interface Job {
  file: string;
  database: TestDatabase;
}

/** Seconds that jobs took last time, by `jobName`. */
export type Durations = Record<string, number>;

export const ROOT = join(import.meta.dirname, '..', '..');
const DURATIONS = join(ROOT, 'node_modules', '.cache', 'patchbay-test-durations.json');
/** Of a file that has not run here yet: long files take longer, and so do those that ask for time. Only the order comes from it. */
const SECONDS_PER_KILOBYTE = 0.5;
const SHARE_OF_TIMEOUT = 0.5;

/** All test files, or those in the files and folders that are named. */
export function testFiles(named: readonly string[]): string[] {
  const patterns = named.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`));
  return globSync(patterns.length > 0 ? patterns : 'test/**/*.test.ts', { cwd: ROOT }).sort();
}

export function databasesOf(file: string): readonly TestDatabase[] {
  if (file.endsWith('.unit.test.ts') || file.endsWith('.e2e.test.ts')) return ['sqlite3'];
  if (file.endsWith('.pg.test.ts')) return ['pg'];
  return ['sqlite3', 'pg'];
}

export function isInBrowser({ file }: Pick<Job, 'file'>): boolean {
  return file.endsWith('.e2e.test.ts');
}

export function jobName({ file, database }: Job): string {
  return `${file} on ${database === 'pg' ? 'PostgreSQL' : 'SQLite'}`;
}

/** What each file took last time, on all its databases, with others beside it; guessed when it has not run here yet. */
export function secondsOf(files: readonly string[]): (file: string) => number {
  const durations = readDurations();
  const ofJob = (job: Job): number => durations[jobName(job)] ?? guessedSeconds(job.file);
  const seconds = files.map((file) => databasesOf(file).reduce((sum, database) => sum + ofJob({ file, database }), 0));
  return (file) => seconds[files.indexOf(file)] ?? 0;
}

/** The longest first, so that none is left alone at the end. */
export function jobsOf(files: readonly string[], only: TestDatabase | null): Job[] {
  const durations = readDurations();
  const seconds = (job: Job) => durations[jobName(job)] ?? guessedSeconds(job.file);
  return files
    .flatMap((file) => databasesOf(file).map((database) => ({ file, database })))
    .filter(({ database }) => only === null || database === only)
    .sort((one, other) => seconds(other) - seconds(one));
}

/** Remembers what this run took; a file that did not run keeps what it had. */
export function keepDurations(durations: Durations): void {
  writeFileSync(DURATIONS, JSON.stringify({ ...readDurations(), ...durations }, null, 1));
}

function guessedSeconds(file: string): number {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const asked = [...text.matchAll(/\btimeout\(([\d_]+)\)/g)].map(([, ms]) => Number(ms?.replaceAll('_', '')) / 1000);
  return Math.max((text.length / 1024) * SECONDS_PER_KILOBYTE, SHARE_OF_TIMEOUT * Math.max(0, ...asked));
}

function readDurations(): Durations {
  try {
    return JSON.parse(readFileSync(DURATIONS, 'utf8'));
  } catch {
    // The first run here, or a file that was cut off: the order comes from the sizes.
    return {};
  }
}
