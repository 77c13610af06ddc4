/** The runner of these tests: what hangs or dies holds nobody up, and a change chooses the tests that stand on it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { standingOn } from '#scripts/testing/import-graph.ts';
import { databasesOf, type Job, ROOT, testFiles } from '#scripts/testing/plan.ts';
import { type Outcome, runJobs } from '#scripts/testing/pool.ts';
import { tryAgain } from '#scripts/testing/try-again.ts';

/** Long enough for a process to start on a busy machine. */
const GRACE_MS = 15_000;

describe('the runner of tests', () => {
  const env = { sqlite3: { PATCHBAY_TEST_DATABASE: 'sqlite3' }, pg: { PATCHBAY_TEST_DATABASE: 'pg' } };
  let outcomes: Outcome[];
  const of = (name: string) => outcomes.find(({ job }) => job.file.endsWith(`/${name}.ts`))!;

  before(async () => {
    outcomes = [];
    const jobs = ['hangs', 'ends', 'fails', 'passes'].map(
      (name): Job => ({ file: `test/fixtures/runner/${name}.ts`, database: 'sqlite3' }),
    );
    await runJobs(jobs, { workers: 1, env, graceMs: GRACE_MS, ended: (outcome) => outcomes.push(outcome) });
  });

  it('ends a file that hangs, says in which test, and goes on', () => {
    assert.deepEqual([of('hangs').passed, of('hangs').failed], [0, 1]);
    assert.match(of('hangs').failures[0]!, /^hangs: it hung/);
  });

  it('goes on when a file ends its process', () => {
    assert.match(of('ends').failures[0]!, /^ends everything: the process ended \(exit code 3\)/);
  });

  it('counts failures, those that nobody waited for among them, and keeps what was printed', () => {
    const { passed, failed, failures, output } = of('fails');
    assert.deepEqual([passed, failed, failures.length], [1, 2, 2]);
    assert.match(failures[0]!, /^fails\n {6}Error: as it should/);
    assert.match(failures[1]!, /^leaves a rejection behind\n {6}Error: nobody waits for this/);
    assert.match(output, /a line of output[\s\S]*as it should[\s\S]*nobody waits for this/);
    assert.deepEqual(
      [of('passes').passed, of('passes').failed, of('passes').output.includes('as it should')],
      [1, 0, false],
    );
  });

  it('counts a rejection that nobody waited for in a later file of a process as in the first', async () => {
    const later: Outcome[] = [];
    const jobs = ['passes', 'fails'].map(
      (name): Job => ({ file: `test/fixtures/runner/${name}.ts`, database: 'sqlite3' }),
    );
    await runJobs(jobs, { workers: 1, env, graceMs: GRACE_MS, ended: (outcome) => later.push(outcome) });
    assert.deepEqual(
      later.map(({ passed, failed }) => [passed, failed]),
      [
        [1, 0],
        [1, 2],
      ],
    );
  });

  it('gives a browser test that failed a second try, and nothing else', async () => {
    const outcome = (file: string, failures: string[]): Outcome => ({
      job: { file, database: 'sqlite3' },
      passed: 1,
      failed: failures.length,
      failures,
      output: '',
      seconds: 1,
      cpuSeconds: 1,
    });
    const all = [outcome('slow.e2e.test.ts', ['is late']), outcome('wrong.e2e.test.ts', ['is wrong'])];
    all.push(outcome('well.e2e.test.ts', []), outcome('other.test.ts', ['fails']));
    const tried: string[] = [];
    const unsteady = await tryAgain(all, async (jobs) => {
      for (const job of jobs) {
        tried.push(job.file);
        all.push({ ...outcome(job.file, job.file.startsWith('wrong') ? ['is wrong'] : []), job });
      }
    });
    assert.deepEqual(tried, ['slow.e2e.test.ts', 'wrong.e2e.test.ts']);
    assert.deepEqual(unsteady, ['slow.e2e.test.ts on SQLite: is late']);
    assert.deepEqual(
      all.map(({ failures }) => failures),
      [[], ['fails'], [], ['is wrong']],
    );
    const many = Array.from({ length: 4 }, (_, n) => outcome(`${n}.e2e.test.ts`, ['is broken']));
    assert.deepEqual(await tryAgain(many, () => assert.fail('that is no load')), []);
    assert.equal(many.length, 4);
  });

  it('reads in the name of a file which databases it is for', () => {
    assert.deepEqual(databasesOf('test/a.test.ts'), ['sqlite3', 'pg']);
    assert.deepEqual(databasesOf('test/a.unit.test.ts'), ['sqlite3']);
    assert.deepEqual(databasesOf('test/a.pg.test.ts'), ['pg']);
  });
}).timeout(60_000);

describe('what a change concerns', () => {
  const all = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  let grounds: Map<string, Set<string>>;
  before(() => {
    grounds = standingOn(testFiles([]), all);
  });
  const chosen = (file: string) => [...grounds].filter(([, files]) => files.has(file)).map(([test]) => test);

  it('is what imports the file, however far away', () => {
    const tests = chosen('plugins/workflows/jq/parse/lexer.ts');
    assert.ok(tests.includes('test/plugins/workflows/jq/jq.unit.test.ts'));
    assert.ok(
      tests.includes('test/plugins/workflows/tasks.unit.test.ts'),
      'through the plugin, which nobody imports by name',
    );
    assert.ok(!tests.includes('test/plugins/billing/stripe.test.ts'));
  });

  it('is what starts a platform with the plugin of a migration', () => {
    const tests = chosen('plugins/licensing/migrations/0001-licences.ts');
    assert.ok(tests.includes('test/plugins/licensing/licensing.test.ts'));
    assert.ok(!tests.includes('test/plugins/auth/accounts.test.ts'));
  });

  it('is what reads the document or the fixture', () => {
    assert.ok(chosen('docs/workflows/README.md').includes('test/docs/workflows-readme.unit.test.ts'));
    assert.ok(chosen('docs/security.md').includes('test/docs/doors.unit.test.ts'));
    assert.ok(!chosen('docs/security.md').includes('test/core/database.test.ts'));
  });
}).timeout(60_000);
