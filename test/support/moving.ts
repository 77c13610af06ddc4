/** What tests of a move need: an installation with a little of everything in it, also of a plugin of somebody else. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { robotOf, upload } from '#test/plugins/robots/support.ts';
import { authConfig, type Person, register, signIn, signInAdmin } from './accounts.ts';
import { temporaryFolder } from './backups.ts';
import type { TestPlatform } from './harness.ts';
import { mailOf, plainMail } from './mail.ts';

const LONG_TEXT = 'Somewhere in a long mail stands the word Quittenmus. '.repeat(1_000);
const UP = [
  `await db.schema.createTable('gen_things', (table) => {
     table.increments('id');
     table.boolean('is_good').notNullable();
     table.json('document');
     table.jsonb('facts');
     table.bigInteger('large');
     table.timestamp('at');
     table.binary('bytes');
     table.decimal('amount', 12, 2);
     table.double('share');
     table.text('title').index();
   });`,
  `await db.schema.createTable('gen_lines', (table) => {
     table.string('name', 20).primary();
     table.integer('thing').notNullable().references('gen_things.id');
   });`,
];

export interface Installation {
  /** Of the platform and of the command line. */
  plugins: Record<string, object>;
  env: NodeJS.ProcessEnv;
  folder: string;
}

/** With all plugins of ours, and one of somebody else. */
export function everything(): Installation {
  const folder = temporaryFolder();
  const plugin = join(folder, 'gen');
  mkdirSync(join(plugin, 'migrations'), { recursive: true });
  writeFileSync(join(plugin, 'package.json'), '{ "type": "module" }');
  const migrations = "new URL('./migrations/', import.meta.url)";
  writeFileSync(
    join(plugin, 'index.js'),
    `export default { name: 'gen', summary: 'Keeps things', migrations: ${migrations} };`,
  );
  writeFileSync(
    join(plugin, 'migrations', '0001-gen.js'),
    `export async function up(db) { ${UP.join('\n')} }\nexport async function down() {}\n`,
  );
  const file = join(folder, 'patchbay.yaml');
  writeFileSync(file, `plugins:\n  ${JSON.stringify(plugin)}: {}\n`);
  const plugins = {
    auth: { ...authConfig, registration: 'open' },
    billing: {},
    licensing: {},
    workflows: {},
    mail: { mailboxTtl: 0, smtp: { port: 0 } },
    robots: { requestsPerMinute: 0 },
    'ai-replies': {},
    [plugin]: {},
  };
  return { plugins, env: { PATCHBAY_CONFIG: file }, folder };
}

/** Made by the API, but for the rows of the plugin that has none. */
export async function fill(app: TestPlatform): Promise<{ owner: Person }> {
  const admin = (await signInAdmin(app)).http;
  const owner = await register(app, 'ada');
  const mail = mailOf(app);
  await mail.deliver(plainMail('Your code is 482913', 'A parcel with 漢字 waits.'));
  await mail.deliver(plainMail('A long one', LONG_TEXT));
  await app.services.mailParseLoop.idle();
  await succeeded(admin.post('/api/admin/generate', { plan: 'yearly', email: 'customer@example.org' }));
  await succeeded(admin.put('/api/platform/workflow-secrets/token', { value: 'a secret text' }));
  const document = `document: {dsl: '1.0.3', namespace: moved, name: sets, version: '1.0.0'}`;
  const definition = [document, 'do:', '  - s: {set: {done: true}}'].join('\n');
  await succeeded(admin.post('/api/platform/workflows', { definition }));
  await succeeded(admin.post('/api/platform/workflows/moved/sets/executions', { input: {} }));
  const robot = await robotOf(app, owner);
  await upload(robot, { spoken: 'Where is my pumpernickel?' });
  const { id: base_id } = await succeeded(owner.http.post('/api/platform/ai/bases', { name: 'Shop' }));
  const text = '# Shipping\n\nShipping to Germany costs five euros.';
  await succeeded(owner.http.post('/api/platform/ai/documents', { base_id, name: 'Prices', text }));
  await app.services.jobs.idle();
  const { db } = app.services;
  const rows = [
    [
      true,
      '{"b": 1, "a": [null, "x"]}',
      9_007_199_254_740_991,
      1_750_000_000_123,
      Buffer.from([0, 255, 10]),
      19.9,
      0.1,
    ],
    [false, null, null, null, null, null, null],
  ];
  for (const [is_good, facts, large, at, bytes, amount, share] of rows) {
    const when = at === null ? null : new Date(Number(at));
    const row = { is_good, document: facts, facts, large, at: when, bytes, amount, share, title: `tab\tline\n\\N ü` };
    await db.write('gen_things' as 'core_jobs').insert(row as never);
  }
  await db.write.raw("insert into gen_lines (name, thing) values ('one', 2), ('other', 1)");
  return { owner };
}

/** Whether all of that is there, is found, and goes on. */
export async function mustBeWhole(app: TestPlatform, owner: Person): Promise<void> {
  const again = (await signIn(app, owner.email, owner.password)).http;
  const admin = (await signInAdmin(app)).http;
  const verified = await admin.get('/api/platform/audit/verify');
  assert.equal(verified.body.ok, true, verified.text);
  const subjects = async (search: string) => {
    const { body } = await mailOf(app).http.get(`/api/platform/mail/messages?search=${encodeURIComponent(search)}`);
    return body.items.map(({ subject }: { subject: string }) => subject);
  };
  assert.deepEqual(await subjects('parcel 漢字'), ['Your code is 482913']);
  assert.deepEqual(await subjects('quittenmus'), ['A long one']);
  const talks = await succeeded(again.get('/api/platform/robots/conversations?search=pumpernickel'));
  assert.equal(talks.items.length, 1);
  const found = await succeeded(again.post('/api/platform/ai/search', { text: 'shipping germany' }));
  assert.equal(found.passages?.length ?? found.items?.length, 1, JSON.stringify(found));
  const users = await succeeded(admin.get('/api/v2/admin/users?search=ada'));
  assert.deepEqual(
    users.items.map(({ email }: { email: string }) => email),
    [owner.email],
  );
  const secrets = await admin.get('/api/platform/workflow-secrets');
  assert.ok(JSON.stringify(secrets.body).includes('token'), secrets.text);
  // Numbers go on behind those that were given.
  await mailOf(app).deliver(plainMail('One more', 'Fresh words: zimtstern.'));
  await app.services.mailParseLoop.idle();
  assert.deepEqual(await subjects('zimtstern'), ['One more']);
  const { db } = app.services;
  await db.write.raw('delete from mail_messages where subject = ?', ['One more']);
  const things = await db.read('gen_things' as 'core_jobs').orderBy('id');
  assert.equal(things.length, 2);
}

async function succeeded(asked: Promise<{ status: number; text: string; body: any }>): Promise<any> {
  const answer = await asked;
  assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
  return answer.body;
}
