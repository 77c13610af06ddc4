/** What the server's code says of functions, scheduled work and plugins is in the language of who asks. */
import assert from 'node:assert/strict';
import { summaries as workflowTexts } from '#plugins/workflows/summaries.ts';
import { authConfig, type Person, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const LISTS = ['/api/platform/functions', '/api/platform/cron', '/api/platform/plugins'];
const CHINESE = /\p{Script=Han}/u;

describe('summaries', () => {
  let app: TestPlatform;
  let admin: Person;
  before(async () => {
    const others = ['billing', 'licensing', 'mail', 'workflows', 'robots', 'ai-replies', 'admin'];
    app = await startPlatform({
      plugins: { auth: authConfig, ...Object.fromEntries(others.map((name) => [name, {}])) },
    });
    admin = await signInAdmin(app);
  });
  after(() => app.stop());

  const summaries = async (path: string, language?: string): Promise<string[]> => {
    const http = language === undefined ? admin.http : admin.http.with({ 'accept-language': language });
    return (await http.get(path)).body.items.map(({ summary }: { summary: string }) => summary);
  };

  for (const path of LISTS) {
    it(`are there in Chinese: ${path}`, async () => {
      const all = await summaries(path, 'zh-CN,zh;q=0.9,en;q=0.8');
      assert.ok(all.length > 5);
      assert.deepEqual(
        all.filter((summary) => !CHINESE.test(summary)),
        [],
      );
    });

    it(`are English for everybody else: ${path}`, async () => {
      const usual = await summaries(path);
      assert.ok(usual.every((summary) => !CHINESE.test(summary)));
      for (const language of ['en-GB', 'de', '', 'en,zh;q=0.5', '*']) {
        assert.deepEqual(await summaries(path, language), usual, language);
      }
    });
  }

  for (const path of ['/api/platform/functions', '/api/platform/workflows/functions']) {
    it(`are Chinese of what functions take: ${path}`, async () => {
      const english = (await admin.http.get(path)).body.items;
      const { items } = (await admin.http.with({ 'accept-language': 'zh' }).get(path)).body;
      const texts = items.flatMap(({ name, input }: { name: string; input: unknown }) => textsIn(input, name));
      assert.ok(texts.length > 40);
      assert.deepEqual(
        texts.filter((text: string) => !CHINESE.test(text)),
        [],
      );
      assert.ok(!CHINESE.test(JSON.stringify(english)));
      for (const [place, { name, summary }] of items.entries()) {
        assert.match(summary, CHINESE, name);
        assert.deepEqual(keysIn(items[place].input), keysIn(english[place].input), name);
      }
    });
  }

  it('are there of jobs: of what a plugin does, of an event that one is given, and of neither', async () => {
    const { db } = app.services;
    const far = Date.now() * 2;
    const names = ['mail.deliver', 'licensing.on:licence.issued', 'gone.work'];
    const shared = { payload: '{}', state: 'ready', lane: '', priority: 9, run_at: far, attempts: 0 } as const;
    await db.write('core_jobs').insert(names.map((name) => ({ ...shared, name, max_attempts: 10, created_at: 0 })));
    const of = async (language: string) => {
      const { items } = (await admin.http.with({ 'accept-language': language }).get('/api/platform/jobs')).body;
      return names.map((wanted) => items.find(({ name }: { name: string }) => name === wanted).summary);
    };
    assert.deepEqual(await of('en'), [
      'Tries to deliver a mail to one recipient',
      'Gives the event licence.issued to the plugin licensing',
      null,
    ]);
    assert.deepEqual(await of('zh'), [
      '尝试将一封邮件投递给一位收件人',
      '将事件 licence.issued 交给插件 licensing',
      null,
    ]);
  });

  it('are Chinese of the ready workflows, and so is what these ask', async () => {
    const path = '/api/platform/workflow-examples';
    const { items } = (await admin.http.with({ 'accept-language': 'zh' }).get(path)).body;
    const english = (await admin.http.get(path)).body.items;
    assert.equal(english[0].title, 'Hello', 'the simplest one is the first');
    for (const [place, { name, title, summary, definition }] of items.entries()) {
      assert.match(title, CHINESE, name);
      assert.match(summary, CHINESE, name);
      assert.ok(!CHINESE.test(JSON.stringify(english[place])), name);
      assert.ok(!/root token|POST |plugin|tenant/.test(english[place].summary), name);
      assert.ok(english[place].title.length > 3 && definition.startsWith(`# ${title}\n# ${summary}\n`), name);
      const made = await admin.http.post('/api/platform/workflows', { definition });
      assert.equal(made.status, 201, made.text);
    }
    const said = Object.keys(workflowTexts.zh ?? {}).filter((key) => key.startsWith('examples.says.'));
    const all = english.map(({ definition }: { definition: string }) => definition).join('\n');
    assert.deepEqual(
      said.filter((key) => !all.includes(key.slice('examples.says.'.length))),
      [],
    );
  });

  it('are Chinese of what is open to strangers', async () => {
    const path = '/health/ready';
    const doors = (await admin.http.with({ 'accept-language': 'zh' }).get(path)).body.open_doors;
    assert.ok(doors.length > 0);
    for (const door of doors) assert.match(door, CHINESE);
    assert.match((await admin.http.get(path)).body.open_doors[0], /^Registration is open/);
  });

  it('are Chinese on the page of one plugin', async () => {
    const { body } = await admin.http.with({ 'accept-language': 'zh' }).get('/api/platform/plugins/mail');
    assert.match(body.summary, CHINESE);
  });
});

/** What a schema says in words, each with its path. */
function textsIn(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    (key === 'title' || key === 'description') && typeof value === 'string'
      ? [`${path}.${key}: ${value}`]
      : textsIn(value, `${path}.${key}`),
  );
}

/** All that it says but for the words. */
function keysIn(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === 'description' ? '' : value)));
}
