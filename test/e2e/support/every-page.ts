/**
 * Every page that has an address of its own, as the operator: it has a heading, the browser complains about nothing, no
 * request is refused, nothing is wider than the screen, and axe-core finds nothing where it is asked. On a desktop each is called
 * as the entry of the menu that leads to it: who follows a name arrives at that name.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN } from '#test/support/accounts.ts';
import { ROOT } from '#test/support/command-line.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from './platform.ts';
import { seed } from './seed.ts';
import { type Visitor, type VisitorOptions, visit } from './visitor.ts';

interface Way extends Required<Omit<VisitorOptions, 'isAltered'>> {
  /** Takes most of the time of a visit: once for each width, in one language and scheme. */
  withAxe: boolean;
}

interface Entry {
  title: Record<Way['language'], string>;
  path: string;
}

const IS_WIDER = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
const PAGE_MS = 10_000;
/** Pages that are shown to readers of the docs. */
const PICTURES = new Map([
  ['/', 'dashboard'],
  ['/mail', 'mail'],
  ['/automations/workflows/new', 'editor'],
  ['/settings/people', 'people'],
  ['/first-steps', 'first-steps'],
]);
/** Charts and editors are drawn a moment after their page. */
const SETTLED_MS = 1_500;

export function describeEveryPage(ways: readonly Way[]): void {
  describe('every page', function () {
    const paths = pages();
    this.timeout(60_000 + paths.length * PAGE_MS);
    let app: TestPlatform;
    let visitor: Visitor;
    before(async () => {
      const robots = { requestsPerMinute: 0 };
      const mail = { smtp: { port: 0 } };
      app = await startPages({ 'ai-replies': {}, billing: {}, licensing: {}, mail, robots, workflows: {} });
      await seed(app);
    });
    after(() => app.stop());
    afterEach(() => visitor.leave());

    for (const way of ways) {
      it(`is well in ${way.language}, ${way.scheme}, on a ${way.width}`, async () => {
        visitor = await visit(app, way);
        await visitor.signIn(ADMIN.email, ADMIN.password);
        const wrong: string[] = [];
        visitor.page.on('response', (response) => {
          if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()} on ${visitor.page.url()}`);
        });
        await visitor.open('/');
        const titles = way.width === 'desktop' ? await titlesInMenu(visitor, way.language) : new Map<string, string>();
        for (const path of new Set([...paths, ...titles.keys()])) {
          await visitor.go(path);
          const title = titles.get(path);
          const name = title === undefined ? title : await headingOf(visitor, path, title);
          if (name !== title) wrong.push(`${path}: ${title} leads to ${name}`);
          if (way.withAxe) await visitor.assertAccessible().catch(({ message }: Error) => wrong.push(message));
          await keepPicture(visitor, path, way);
          if (await visitor.page.evaluate(IS_WIDER)) wrong.push(`${path} is wider than the screen`);
        }
        assert.deepEqual(wrong, []);
      });
    }
  });
}

/** Of entries of the menu, by their paths. */
async function titlesInMenu({ context }: Visitor, language: Way['language']): Promise<Map<string, string>> {
  const answer = await context.request.get('/api/platform/ui');
  const { plugins } = (await answer.json()) as { plugins: { navigation: Entry[] }[] };
  const titles = new Map(
    plugins.flatMap(({ navigation }) => navigation.map(({ path, title }) => [path, title[language]])),
  );
  assert.ok(titles.size > 30, `${titles.size} entries`);
  return titles;
}

async function headingOf({ page }: Visitor, path: string, title: string): Promise<string> {
  const heading = page.locator('h1').first();
  // Of settings the name comes with what there is to set.
  if (path.startsWith('/settings/server')) await heading.filter({ hasText: title }).waitFor();
  return (await heading.innerText()).trim();
}

/** For README and docs: `PATCHBAY_SCREENSHOTS=docs/images npm run test:e2e`. */
async function keepPicture({ page }: Visitor, path: string, { language, scheme, width }: Way): Promise<void> {
  const folder = process.env.PATCHBAY_SCREENSHOTS;
  const name = PICTURES.get(path);
  if (!folder || !name) return;
  await page.waitForTimeout(SETTLED_MS);
  await page.screenshot({ path: join(ROOT, folder, `${name}-${language}-${scheme}-${width}.png`) });
}

/** Addresses without a parameter that stand in the shell; those of strangers have tests of their own. */
function pages(): string[] {
  const report = JSON.parse(readFileSync(join(ROOT, 'plugins', 'admin', 'dist', 'report.json'), 'utf8'));
  const found: { path: string; isPublic: boolean }[] = report.pages;
  return found.flatMap(({ path, isPublic }) => (isPublic || path.includes('$') ? [] : [path])).sort();
}
