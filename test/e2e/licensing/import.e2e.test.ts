/** Taking over licences from a file: what is wrong with it, how far it is, also after the page was loaded anew. */
import assert from 'node:assert/strict';
import { type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const LINES = 1_200;
const csv = (text: string) => ({ name: 'licences.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

describe('importing licences', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let vendor: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ licensing: {} });
    vendor = await register(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('says which line is wrong, and takes nothing then', async () => {
    visitor = await visit(app, { width: 'phone' });
    const { page } = visitor;
    visitor.expectProblem(/422/);
    await visitor.signIn(vendor.email, vendor.password);
    await visitor.open('/sales/licences/import');
    await page.getByRole('button', { name: 'CSV file' }).waitFor();
    await page.locator('input[type=file]').setInputFiles(csv('activation_code,email,plan\nABCDE-1,nobody,yearly\n'));
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page
      .getByRole('table', { name: 'What is wrong with the file' })
      .getByText('email is not an address')
      .waitFor();
    await visitor.assertAccessible();
  });

  it('goes on while the page is loaded anew', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    visitor.expectProblem(/ERR_ABORTED|Failed to fetch/);
    await visitor.signIn(vendor.email, vendor.password);
    await visitor.open('/sales/licences/import');
    const lines = Array.from(
      { length: LINES },
      (_, line) => `CODE-${String(line).padStart(6, '0')},u${line}@example.com,yearly`,
    );
    await page.locator('input[type=file]').setInputFiles(csv(`activation_code,email,plan\n${lines.join('\n')}\n`));
    const sent = page.waitForRequest(/licensing\/import/);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await sent;
    await page.getByRole('region', { name: 'Imports' }).getByText('Import of licences').first().waitFor();
    await page.reload();
    const imports = page.getByRole('region', { name: 'Imports' });
    await imports.getByText(`${LINES} imported, 0 were here already`).waitFor();
    await visitor.assertAccessible();
    const { body } = await vendor.http.get('/api/platform/licensing/licences?limit=1');
    assert.equal(body.total.value, LINES);

    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download all licences' }).click();
    assert.equal((await coming).suggestedFilename(), 'licences.csv');
  });
});
