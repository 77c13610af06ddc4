/** Each page is called as the entry of the menu that leads to it: who follows a name arrives at that name. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

interface Entry {
  title: Record<'en' | 'zh', string>;
  path: string;
}

/** "Backups: settings" stands in the menu beside the page of backups. */
const SETTINGS_OF = /: |：/;

describe('the headings of pages', function () {
  this.timeout(300_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    const mail = { smtp: { port: 0 } };
    app = await startPages({ 'ai-replies': {}, billing: {}, licensing: {}, mail, robots: {}, workflows: {} });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  for (const language of ['en', 'zh'] as const)
    it(`are the names that the menu has, in ${language}`, async () => {
      visitor = await visit(app, { language });
      await visitor.signIn(ADMIN.email, ADMIN.password);
      const answer = await visitor.context.request.get('/api/platform/ui');
      const { plugins } = (await answer.json()) as { plugins: { navigation: Entry[] }[] };
      const entries = plugins.flatMap(({ navigation }) => navigation);
      assert.ok(entries.length > 30, `${entries.length} entries`);
      const others: string[] = [];
      for (const { path, title } of entries) {
        await visitor.open(path);
        // Areas of the server's settings are parts of one page.
        const isArea = path.startsWith('/settings/server');
        const heading = (
          await visitor.page
            .locator(isArea ? 'h2' : 'h1')
            .first()
            .innerText()
        ).trim();
        const name = isArea ? title[language].split(SETTINGS_OF)[0] : title[language];
        if (heading !== name) others.push(`${path}: ${title[language]} leads to ${heading}`);
      }
      assert.deepEqual(others, []);
    });
});
