/** What operators do: dead letters, scheduled work, the log, backups, functions, long work. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

/** Never within this test. */
const LATER = Date.UTC(2200, 0, 1);

/** What the job is for, which is its name on the page. */
const DELIVER = 'Tries to deliver a mail to one recipient';

describe('operating', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    // Once a year: only when a test asks for it.
    const config = { backups: { schedule: '0 3 1 1 *', rehearsal: '0 5 1 1 *' } };
    app = await startPages({ mail: { smtp: { port: 0 } }, workflows: {} }, { config, logTo: { write: () => {} } });
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
  });
  afterEach(() => visitor.leave());

  async function deadJobs(count: number): Promise<void> {
    const { db, jobs } = app.services;
    for (let made = 0; made < count; made++) {
      await db.transaction((trx) => jobs.enqueue(trx, 'mail.deliver', { deliveryId: 1 }, { runAt: LATER }));
    }
    await db.write('core_jobs').update({ state: 'dead', attempts: 10, last_error: 'The mail server hung up' });
  }

  it('tries a job again that gave up, found from the dashboard', async () => {
    await deadJobs(1);
    const { page } = visitor;
    await visitor.open('/');
    await page.getByRole('link', { name: 'Failed jobs', exact: true }).click();
    await page.getByRole('grid', { name: 'Jobs' }).getByRole('link', { name: DELIVER }).click();
    await page.getByRole('heading', { name: DELIVER, level: 1 }).waitFor();
    await page.getByText('The mail server hung up').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('The job is being retried').waitFor();
    await app.services.jobs.idle();
    assert.deepEqual(await app.services.db.read('core_jobs').where({ state: 'dead' }), []);
  });

  it('discards many jobs that gave up at once', async () => {
    await deadJobs(3);
    const { page } = visitor;
    await visitor.open('/status/jobs?state=dead');
    await page.getByRole('grid', { name: 'Jobs' }).getByRole('link', { name: DELIVER }).nth(2).waitFor();
    await page.getByRole('checkbox', { name: 'Select all loaded rows' }).check();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page
      .getByRole('dialog')
      .getByText(/^Discard \d+ jobs\?/)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText(/\d+ done, 0 failed/).waitFor();
    assert.deepEqual(await app.services.db.read('core_jobs').where({ state: 'dead' }), []);
  });

  it('runs scheduled work now', async () => {
    const { page } = visitor;
    await visitor.open('/status/cron');
    await visitor.assertAccessible();
    await page.getByRole('searchbox', { name: 'Find scheduled work' }).fill('sweepFiles');
    const row = page.getByRole('table', { name: 'core' }).getByRole('row').filter({ hasText: 'core.sweepFiles' });
    await visitor.assertAccessible();
    await row.getByRole('button', { name: 'Run now: core.sweepFiles' }).click();
    await page.getByText('Deletes files that no blob points to any more: done').waitFor();
    await row.getByRole('cell', { name: /^Done/ }).waitFor();
    await page.getByRole('grid', { name: 'Runs' }).getByText('core.sweepFiles').first().waitFor();
  });

  it('follows the log, finds a word in it, and downloads it', async () => {
    const { page } = visitor;
    const { log } = app.services;
    log.info({ password: 'hunter2' }, 'The first line');
    await visitor.open('/status/log');
    await page.getByRole('log').getByText('The first line').waitFor();
    await visitor.assertAccessible();
    log.warn('A line that came later');
    await advanceUntil(page.getByRole('log').getByText('A line that came later'));
    await page.getByLabel('Find in the log').fill('first');
    await page.getByText('A line that came later').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: /The first line/ }).click();
    await page.getByText('"password": "[redacted]"').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'patchbay-log.ndjson');
  });

  /** Who follows is answered a moment after a line came, by the clock of the server. */
  async function advanceUntil(line: Locator): Promise<void> {
    const isThere = () =>
      line.waitFor({ timeout: 100 }).then(
        () => true,
        () => false,
      );
    for (let tries = 0; tries < 200 && !(await isThere()); tries++) await app.clock.advance(500);
    await line.waitFor();
  }

  it('makes a backup, and sees how far it is after the page was loaded anew', async () => {
    const { page } = visitor;
    await visitor.open('/settings/backups');
    await page.getByText('No backup yet').waitFor();
    await visitor.assertAccessible();
    const begun = page.waitForResponse(
      (response) => response.request().method() === 'POST' && /\/backups$/.test(response.url()),
    );
    await page.getByRole('button', { name: 'Create a backup' }).click();
    await begun;
    await page.reload();
    // Time goes on while it is made, as it does outside of tests.
    await advanceUntil(page.getByRole('link', { name: /^patchbay-.*\.tar\.gz$/ }));
    await page.getByText('None').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Rehearse now' }).click();
    await page.getByText('Can be restored').first().waitFor({ timeout: 30_000 });
    await page.getByText(/\d+ accounts?/).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: /^Delete patchbay-/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No backup yet').waitFor();
    await visitor.go('/status/operations');
    await page.getByRole('grid', { name: 'Imports and exports' }).getByText('Backup').first().waitFor();
  });

  it('keeps the key that is shown once, and has backups encrypted from then on', async () => {
    const { page } = visitor;
    await visitor.open('/settings/backups');
    await page.getByText('Choose a place').waitFor();
    await page.getByRole('button', { name: 'Encrypt backups' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^AGE-SECRET-KEY-1/).waitFor();
    await visitor.assertAccessible();
    await dialog.getByRole('checkbox', { name: 'I have kept the key' }).check();
    await dialog.getByRole('button', { name: 'Encrypt with it' }).click();
    await page.getByText(/^age1/).waitFor();
    await visitor.assertAccessible();
    assert.match(app.services.coreConfig.backups.encryption.recipient ?? '', /^age1/);
  });

  it('tries a function as an agent would call it', async () => {
    const { page } = visitor;
    await visitor.open('/automations/functions');
    await page.getByLabel('Find a function').fill('mailbox');
    await page.getByRole('link', { name: 'mail.createMailbox' }).click();
    await page.getByLabel('local').fill('tried');
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Call the function' }).click();
    await page.getByRole('textbox', { name: 'Result' }).getByText('tried@example.com').waitFor();
    assert.ok(await app.services.mailboxes.byAddress('tried@example.com'));
  });

  it('sees how the server is, and its plugins', async () => {
    const { page } = visitor;
    await visitor.open('/status');
    await page.getByRole('group', { name: 'Memory' }).getByText('MB').first().waitFor();
    for (const name of ['Database', 'Background jobs', 'Scheduled work', 'Mail'])
      await page.getByRole('button', { name: new RegExp(`^${name}`) }).waitFor();
    await visitor.assertAccessible();
    await visitor.go('/settings/plugins');
    await page.getByRole('link', { name: 'mail', exact: true }).waitFor();
    // Each says how it is.
    const plugins = page.locator('main').getByRole('link', { name: /^(admin|auth|mail|workflows)$/ });
    const states = page.locator('main').getByText(/^(Running|Healthy)$/);
    assert.equal(await states.count(), await plugins.count());
    // Nothing to scroll to: a few pixels more would be a second bar beside that of the list.
    const tooMuch = await page.evaluate('document.documentElement.scrollHeight - innerHeight');
    assert.equal(tooMuch, 0);
    await page.getByRole('link', { name: 'mail', exact: true }).click();
    await page.getByRole('button', { name: 'Configuration' }).click();
    await visitor.assertAccessible();
  });
});
