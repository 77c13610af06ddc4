/**
 * Every page that has an address of its own, as the operator, in both languages, both schemes and both widths: it has a
 * heading, axe-core finds nothing, the browser complains about nothing, and no request is refused.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN } from '#test/support/accounts.ts';
import { ROOT } from '#test/support/command-line.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from './support/platform.ts';
import { seed } from './support/seed.ts';
import { type Visitor, type VisitorOptions, visit } from './support/visitor.ts';

/** Each value of each with each of the others, in four visits instead of eight. */
const WAYS: readonly Required<VisitorOptions>[] = [
  { language: 'en', scheme: 'light', width: 'desktop' },
  { language: 'zh', scheme: 'dark', width: 'desktop' },
  { language: 'zh', scheme: 'light', width: 'phone' },
  { language: 'en', scheme: 'dark', width: 'phone' },
];
/** What needs a token of a mailed link, or leads away. */
const ELSEWHERE = new Set(['/sign-in']);

const IS_WIDER = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

describe('every page', function () {
  this.timeout(240_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ billing: {}, licensing: {}, mail: { smtp: { port: 0 } }, workflows: {} });
    await seed(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  for (const way of WAYS) {
    it(`is well in ${way.language}, ${way.scheme}, on a ${way.width}`, async () => {
      visitor = await visit(app, way);
      await visitor.signIn(ADMIN.email, ADMIN.password);
      const wrong: string[] = [];
      visitor.page.on('response', (response) => {
        if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()} on ${visitor.page.url()}`);
      });
      await visitor.open('/');
      for (const path of pages()) {
        await visitor.go(path);
        await visitor.assertAccessible().catch(({ message }: Error) => wrong.push(message));
        if (await visitor.page.evaluate(IS_WIDER)) wrong.push(`${path} is wider than the screen`);
      }
      assert.deepEqual(wrong, []);
    });
  }
});

/** Addresses without a parameter, of all plugins. */
function pages(): string[] {
  const report = JSON.parse(readFileSync(join(ROOT, 'plugins', 'admin', 'dist', 'report.json'), 'utf8'));
  const paths: string[] = report.pages.map(({ path }: { path: string }) => path);
  return paths.filter((path) => !path.includes('$') && !ELSEWHERE.has(path)).sort();
}
