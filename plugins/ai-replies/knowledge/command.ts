/** `patchbay ai:test`: runs a test set from the command line. */
import type { Command } from '#core/plugin.ts';
import type { KnowledgeScope } from './services.ts';
import type { TestFigures } from './test-runs.ts';
import { testSets } from './test-sets.ts';

export const testCommand: Command = {
  name: 'ai:test',
  summary: 'Runs a test set of knowledge, and compares it with its last run; exit code 1 when less is found than then',
  besideServer: true,
  arguments: [{ flags: '<set>', description: 'Id of the test set' }],
  async run({ set: id }, services) {
    const { testRuns } = services as KnowledgeScope;
    const set = await testSets.find({}, String(id), services);
    const run = await testRuns.begin(set);
    await testRuns.work(run.id, new AbortController().signal);
    const done = await testRuns.find(set, run.uuid);
    if (done.figures === null) throw new Error(done.reason);
    const figures: TestFigures = JSON.parse(done.figures);
    const before = await testRuns.before(done);
    const last: TestFigures | null = before?.figures ? JSON.parse(before.figures) : null;
    for (const { question, rank } of await testRuns.results(done))
      process.stdout.write(`${rank === null ? 'missed' : `${rank}.`.padEnd(6)}  ${question}\n`);
    process.stdout.write(`\n${lineOf('found', figures.hit_rate, last?.hit_rate)}\n`);
    process.stdout.write(`${lineOf('mean reciprocal rank', figures.mrr, last?.mrr)}\n`);
    if (figures.words_rate !== null)
      process.stdout.write(`${lineOf('expected words', figures.words_rate, last?.words_rate)}\n`);
    if (last && (figures.hit_rate < last.hit_rate || figures.mrr < last.mrr)) process.exitCode = 1;
  },
};

function lineOf(what: string, now: number, before: number | null | undefined): string {
  return `${what}: ${now}${before === null || before === undefined ? '' : ` (last run: ${before})`}`;
}
