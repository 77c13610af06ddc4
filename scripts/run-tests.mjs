/**
 * Everything that `npm test` runs: types, lint and import rules, then all tests on SQLite and, beside them, the ones with a database on
 * PostgreSQL. The last line says `N passed, M failed`. Arguments: test files, `--sqlite`, `--pg`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, root } from './setup.mjs';

const node = process.execPath;
const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith('--')).flatMap(testFiles);
const onlyDatabase = args.includes('--sqlite') ? 'sqlite3' : args.includes('--pg') ? 'pg' : null;
const all = named.length > 0 ? named : globSync('test/**/*.test.ts', { cwd: root }).sort();
const withoutDatabase = (file) => file.endsWith('.unit.test.ts') || file.endsWith('.e2e.test.ts');
let passed = 0;
let failed = 0;

if (named.length === 0 && !onlyDatabase) {
  step('types', [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']);
  step('format, lint and import rules', [
    join('node_modules', '@biomejs', 'biome', 'bin', 'biome'),
    'check',
    '--error-on-warnings',
    '.',
  ]);
}
const onBoth = onlyDatabase === null;
await Promise.all([
  onlyDatabase !== 'pg' && mocha('SQLite', all, { PATCHBAY_TEST_DATABASE: 'sqlite3' }),
  onlyDatabase !== 'sqlite3' && onPostgres(all.filter((file) => !withoutDatabase(file))),
]);

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

function testFiles(path) {
  return path.endsWith('.ts') ? [path] : globSync(`${path}/**/*.test.ts`, { cwd: root }).sort();
}

function step(name, command) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(node, command, { cwd: root, stdio: 'inherit', env: environment() });
  if (status === 0) passed++;
  else failed++;
}

async function onPostgres(files) {
  if (files.length === 0) return;
  const { startPostgres } = await import('../core/testing/postgres.ts');
  let server;
  try {
    server = await startPostgres();
  } catch (error) {
    console.error(`\n── PostgreSQL could not be started: ${error.message}`);
    failed++;
    return;
  }
  try {
    const where = { PATCHBAY_TEST_DATABASE: 'pg', PATCHBAY_TEST_PG_URL: server.url };
    await mocha('PostgreSQL', files, where, { isHeldBack: onBoth });
  } finally {
    await server.stop();
  }
}

/**
 * The counts come from mocha's own JSON; a run that dies before it writes them counts as a failure. What is held back is
 * shown when the run has ended, so that two at once can be read.
 */
async function mocha(title, files, extra, { isHeldBack = false } = {}) {
  if (files.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-mocha-'));
  const results = join(folder, 'results.json');
  const transcript = join(folder, 'output');
  const output = isHeldBack ? openSync(transcript, 'a') : 'inherit';
  if (!isHeldBack) console.log(`\n── tests on ${title}`);
  const command = [
    join('node_modules', 'mocha', 'bin', 'mocha.js'),
    '--reporter',
    './test/support/reporter.cjs',
    ...files,
  ];
  const run = spawn(node, command, {
    cwd: root,
    stdio: ['inherit', output, output],
    env: environment({ ...extra, PATCHBAY_TEST_RESULTS: results }),
  });
  const [status, signal] = await once(run, 'exit');
  if (isHeldBack) {
    closeSync(output);
    console.log(`\n── tests on ${title}\n${readFileSync(transcript, 'utf8')}`);
  }
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : null;
  passed += counts?.passed ?? 0;
  failed += counts?.failed ?? 0;
  if (!counts || (status !== 0 && counts.failed === 0)) {
    console.error(`mocha on ${title} ended early (${signal ?? `exit code ${status}`})`);
    failed++;
  }
  rmSync(folder, { recursive: true, force: true });
}
