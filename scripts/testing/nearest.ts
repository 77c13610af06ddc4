/**
 * Which tests come first when there is a minute: those that have changed together with these files before, as `git log` tells,
 * and those whose path says that they are about the same thing.
 */
import { dirname } from 'node:path';

/** Files that one commit has changed. */
export type Commit = readonly string[];

/** A commit that moves half the house says nothing of what belongs together. */
const LARGEST_COMMIT = 60;
/** What a path says is worth less than what people did, and more than nothing. */
const WORTH_OF_PATH = 0.2;
/** What happened once says little, also where it is all that ever happened. */
const ONCE = 3;
const ROOMS = /^(test|e2e|ui|index|parts?|routes|service|tables|unit|pg|ts|tsx)$/;

/** The tests, nearest to the files first; of equal ones the order stays. A test that was changed itself is nearest of all. */
export function nearestFirst(tests: readonly string[], files: readonly string[], commits: readonly Commit[]): string[] {
  const together = togetherWith(files, commits);
  const scores = new Map(tests.map((test) => [test, score(test)]));
  return [...tests].sort((one, other) => (scores.get(other) ?? 0) - (scores.get(one) ?? 0));

  function score(test: string): number {
    if (files.includes(test)) return Number.POSITIVE_INFINITY;
    return (together.get(test) ?? 0) + WORTH_OF_PATH * Math.max(...files.map((file) => likeness(test, file)));
  }
}

/** For each file, how often it changed with one of these, against how often each of both changed at all (their cosine). */
function togetherWith(files: readonly string[], commits: readonly Commit[]): Map<string, number> {
  const small = commits.filter(({ length }) => length <= LARGEST_COMMIT);
  const times = new Map<string, number>();
  for (const file of small.flat()) times.set(file, (times.get(file) ?? 0) + 1);
  const sums = new Map<string, number>();
  for (const commit of small) {
    for (const file of files.filter((one) => commit.includes(one))) {
      for (const other of commit) {
        const weight = 1 / Math.sqrt(((times.get(file) ?? 0) + ONCE) * ((times.get(other) ?? 0) + ONCE));
        sums.set(other, (sums.get(other) ?? 0) + weight);
      }
    }
  }
  return sums;
}

/** How much of the shorter of two paths is in the other one, in words: 1 is all of it. */
function likeness(test: string, file: string): number {
  const [one, other] = [wordsOf(test), wordsOf(file)];
  const common = [...one].filter((word) => other.has(word)).length;
  const isSameRoom = dirname(test).startsWith(`test/${dirname(file).split('/').slice(0, 2).join('/')}`);
  return common / Math.max(1, Math.min(one.size, other.size)) + (isSameRoom ? 0.5 : 0);
}

function wordsOf(path: string): Set<string> {
  return new Set(path.split(/[/.-]/).filter((word) => !ROOMS.test(word)));
}
