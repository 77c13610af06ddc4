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
        const heading = visitor.page.locator('h1').first();
        // Of settings the name comes with what there is to set.
        if (path.startsWith('/settings/server')) await heading.filter({ hasText: title[language] }).waitFor();
        const name = (await heading.innerText()).trim();
        if (name !== title[language]) others.push(`${path}: ${title[language]} leads to ${name}`);
      }
      assert.deepEqual(others, []);
    });
});
