/** The menu of a person: areas with their pages, former addresses that lead on, what is found, and all of it on a telephone. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN, addMember, confirmAddress, type Person, register } from '#test/support/accounts.ts';
import { ROOT } from '#test/support/command-line.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const AREAS = ['Home', 'Inbox', 'Mail', 'Automations', 'Assistants', 'Sales'];
/** A thumb hits what is so large (WCAG 2.5.5). */
const THUMB_PX = 44;

describe('the areas of the menu', function () {
  this.timeout(180_000);
  let app: TestPlatform;
  let owner: Person;
  let member: Person;
  let visitor: Visitor;
  before(async () => {
    const robots = { requestsPerMinute: 0 };
    const mail = { smtp: { port: 0 } };
    app = await startPages({ 'ai-replies': {}, billing: {}, licensing: {}, mail, robots, workflows: {} });
    owner = await register(app, 'olivia');
    await confirmAddress(app, owner);
    member = await addMember(app, owner, 'member');
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  const menu = () => visitor.page.getByRole('navigation', { name: 'Main navigation' });
  const path = () => new URL(visitor.page.url()).pathname;
  const find = async (text: string) => {
    await visitor.page.keyboard.press('Control+k');
    await visitor.page.getByRole('dialog').getByRole('textbox', { name: 'Find' }).fill(text);
  };
  const arrive = async (person: { email: string; password: string }, at: string, options = {}) => {
    visitor = await visit(app, options);
    await visitor.signIn(person.email, person.password);
    await visitor.open(at);
  };

  it('are six and two, with their pages as tabs, and remember where one was', async () => {
    await arrive(ADMIN, '/');
    const { page } = visitor;
    assert.deepEqual(await menu().getByRole('link').allInnerTexts(), [...AREAS, 'Settings', 'Status']);
    await menu().getByRole('link', { name: 'Automations' }).click();
    await visitor.sees('Workflows');
    const tabs = page.getByRole('navigation', { name: 'Automations', exact: true });
    await tabs.getByRole('link', { name: 'Runs' }).click();
    await visitor.sees('Runs');
    assert.equal(await tabs.locator('[aria-current=page]').innerText(), 'Runs');
    await menu().getByRole('link', { name: 'Status' }).click();
    await visitor.sees('System');
    await menu().getByRole('link', { name: 'Automations' }).click();
    await visitor.sees('Runs');
    await menu().getByRole('link', { name: 'Automations' }).click();
    await visitor.sees('Workflows');
    await visitor.assertAccessible();
  });

  it('lead to the first page that one may see there, and are not there without one', async () => {
    await arrive(member, '/');
    const { page } = visitor;
    const shown = await menu().getByRole('link').allInnerTexts();
    assert.ok(!shown.includes('Sales'), 'a member sells nothing');
    await visitor.open('/automations');
    await visitor.sees('Approvals');
    assert.equal(path(), '/automations/approvals');
    await visitor.open('/settings');
    await visitor.sees('Profile');
    const settings = page.getByRole('navigation', { name: 'Settings' });
    await settings.getByText('You', { exact: true }).waitFor();
    assert.equal(await settings.getByText('Server', { exact: true }).count(), 0);
    await visitor.leave();
    await arrive(owner, '/sales');
    await visitor.sees('Products');
    assert.equal(path(), '/sales/products', 'what is at this address is for super-admins');
  });

  it('have every former address, with what is below and behind it', async () => {
    await arrive(ADMIN, '/help');
    const { page } = visitor;
    for (const [from, to] of moves()) {
      await page.evaluate(
        `history.pushState({}, '', '${from}?tab=x#here'); dispatchEvent(new PopStateEvent('popstate'))`,
      );
      await page.waitForURL(`**${to}?tab=x#here`);
    }
    await visitor.open(`/users/${member.id}?tab=keys`);
    assert.equal(path(), `/settings/people/${member.id}`);
    await visitor.open('/licences/devices');
    assert.equal(path(), '/licences/devices', 'what a mailed link opens is where it was');
  });

  it('let a stranger with an old link sign in first', async () => {
    visitor = await visit(app);
    await visitor.open('/approvals?state=open');
    assert.equal(path(), '/sign-in');
    assert.equal(new URL(visitor.page.url()).searchParams.get('to'), '/automations/approvals?state=open');
  });

  it('have pages that are found by what people call them, in both languages', async () => {
    await arrive(ADMIN, '/help');
    const { page } = visitor;
    for (const [text, name] of [
      ['smtp relay', /^Sending mail/],
      ['dkim', /^Mail domains/],
      ['中继', /^Sending mail/],
      ['token', /^API keys/],
      ['schedule', /^Scheduled work/],
      ['dark', /^Switch to: Dark/],
      ['greylisting', /^Spam protection/],
    ] as const) {
      await find(text);
      await page.getByRole('option', { name }).first().waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await find('language');
    await page.getByRole('option', { name: /^Language: 简体中文/ }).click();
    await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '自动化' }).waitFor();
  });

  it('have the documentation among what is found, to be read in place', async () => {
    await arrive(member, '/');
    const { page } = visitor;
    await find('rehearsal');
    await page
      .getByRole('group', { name: 'Documentation' })
      .getByRole('option', { name: /Backups/ })
      .first()
      .click();
    await visitor.sees('Backups');
    assert.match(path(), /^\/help\/backup$/);
    await visitor.assertAccessible();
    await visitor.open('/help');
    await page.locator('a[href="/help/backup"]').first().click();
    await visitor.sees('Backups');
  });

  it('are in reach of a thumb on a telephone, with the search and the settings', async () => {
    await arrive(ADMIN, '/', { width: 'phone' });
    const { page } = visitor;
    const bar = page.getByRole('navigation', { name: 'Areas' });
    assert.deepEqual(await bar.getByRole('link').allInnerTexts(), AREAS);
    const { height: screen } = page.viewportSize() ?? { height: 0 };
    for (const link of await bar.getByRole('link').all()) {
      const { y = 0, width = 0, height = 0 } = (await link.boundingBox()) ?? {};
      assert.ok(width >= THUMB_PX && height >= THUMB_PX, `${width} × ${height}`);
      assert.ok(y > screen * 0.8 && y + height <= screen, `at ${y} of ${screen}`);
    }
    await bar.getByRole('link', { name: 'Mail' }).click();
    await visitor.sees('Received');
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Find' }).fill('relay');
    await page.getByRole('option', { name: /^Sending mail/ }).click();
    await visitor.sees('Sending mail');
    await page.getByText('Settings: Sending mail').click();
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Profile' }).click();
    await visitor.sees('Profile');
    await page.getByText('Settings: Profile').waitFor();
    await visitor.assertAccessible();
  });
});

/** Former addresses of pages, as the plugins name them. */
function moves(): [from: string, to: string][] {
  return readdirSync(join(ROOT, 'plugins')).flatMap((name) => {
    const text = readFileSync(join(ROOT, 'plugins', name, 'ui', 'index.tsx'), 'utf8');
    const moved = /moved: \{(?<moved>[^}]+)\}/.exec(text)?.groups?.moved ?? '';
    return [...moved.matchAll(/'(?<from>\/[^']*)': '(?<to>\/[^']*)'/g)].map(({ groups }): [string, string] => [
      groups?.from ?? '',
      groups?.to ?? '',
    ]);
  });
}
