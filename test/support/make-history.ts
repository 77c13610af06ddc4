/**
 * Makes a backup of this version with a little of everything in it, for `test/fixtures/history`, from which later
 * versions must be able to go on. Run it in a checkout of a release (`git worktree add`), on SQLite and, with
 * PATCHBAY_TEST_DATABASE=pg and PATCHBAY_TEST_PG_URL, on PostgreSQL: node test/support/make-history.ts FILE
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { authConfig, register, signInAdmin } from './accounts.ts';
import { dropDatabase, freshDatabase, startPlatform } from './harness.ts';
import { sendMail } from './smtp.ts';

const WORKFLOWS = {
  waits: ['do:', '  - w: {wait: {minutes: 5}}', '  - s: {set: {done: true}}'],
  listens: ['do:', '  - l: {listen: {to: {one: {with: {type: com.example.go}}}}}', '  - s: {set: {heard: true}}'],
};
const LARGE = 'A line of a large mail, about seventy characters long, again and again\r\n'.repeat(1_500);

const database = await freshDatabase();
const plugins = {
  auth: authConfig,
  billing: {},
  licensing: {},
  workflows: {},
  mail: { mailboxTtl: 0, smtp: { port: 0 } },
};
const app = await startPlatform({ plugins, database, config: { http: { outbound: { allow: ['127.0.0.1'] } } } });
const admin = (await signInAdmin(app)).http;
await register(app, 'ada').catch(() => null);

const port = app.services.smtpReceiver.port() ?? 0;
for (const [subject, text] of [
  ['Your code is 482913', 'Your code is 482913.'],
  ['large', LARGE],
] as const) {
  await sendMail(port, { from: 'a@sender.example', to: 'keep@example.com', subject, text });
}
await app.services.mailParseLoop.idle();
await succeeded(admin.post('/api/admin/generate', { plan: 'yearly', email: 'customer@example.org' }));
await succeeded(admin.put('/api/platform/workflow-secrets/token', { value: 'a secret text' }));
for (const [name, lines] of Object.entries(WORKFLOWS)) {
  const document = `document: {dsl: '1.0.3', namespace: history, name: ${name}, version: '1.0.0'}`;
  await succeeded(admin.post('/api/platform/workflows', { definition: [document, ...lines].join('\n') }));
  await succeeded(admin.post(`/api/platform/workflows/history/${name}/executions`, { input: {} }));
}
await app.services.jobs.idle();
await new Promise((resolve) => setTimeout(resolve, 500));

const main = join(import.meta.dirname, '..', '..', 'core', 'main.ts');
const env = { PATH: process.env.PATH, PATCHBAY_DATADIR: app.dataDir, PATCHBAY_DATABASE: JSON.stringify(database) };
execFileSync(process.execPath, [main, 'backup', process.argv[2] ?? ''], { env, stdio: 'inherit' });
await app.stop();
await dropDatabase(database);

/** Says what a version does not know, and goes on. */
async function succeeded(asked: Promise<{ status: number; text: string } | null>): Promise<void> {
  const answer = await asked;
  if (answer && answer.status >= 300) process.stderr.write(`${answer.status} ${answer.text.slice(0, 200)}\n`);
}
