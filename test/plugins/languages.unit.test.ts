/** What the server's code says of functions, scheduled work and plugins is in the language of who asks. */
import assert from 'node:assert/strict';
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

  it('are Chinese on the page of one plugin', async () => {
    const { body } = await admin.http.with({ 'accept-language': 'zh' }).get('/api/platform/plugins/mail');
    assert.match(body.summary, CHINESE);
  });
});
