/** Pages of plugins from elsewhere: written by the template, built by its command, run in the shell; and those that do not fit. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '#test/support/accounts.ts';
import { patchbay } from '#test/support/command-line.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('pages of a plugin from elsewhere', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-plugins-'));
  const garden = join(folder, 'garden');
  const older = join(folder, 'older');
  const broken = join(folder, 'broken');
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    for (const name of ['garden', 'older', 'broken']) {
      await succeeds(['new-plugin', name, '--ui', '--folder', folder]);
      await succeeds(['build-pages', join(folder, name)]);
    }
    // As if they had been made for the contract before this one.
    change(join(older, 'pages.ts'), "folder: new URL('./pages/'", "contract: 0,\n  folder: new URL('./pages/'");
    writeFileSync(join(broken, 'pages', 'index.js'), "throw new Error('these pages are broken');");
    app = await startPages({ [garden]: {}, [older]: {}, [broken]: {} });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  const arrive = async (path: string) => {
    const person = await register(app);
    visitor = await visit(app);
    await visitor.signIn(person.email, person.password);
    await visitor.open(path);
  };

  it('share React, Mantine, the data and the kit with the shell', async () => {
    await arrive('/');
    const { page } = visitor;
    await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Automations' }).click();
    await page.getByRole('link', { name: 'Notes' }).first().click();
    await page.getByText('No notes yet').waitFor();
    await page.getByRole('button', { name: 'Write a note' }).click();
    await page.getByRole('textbox', { name: 'Text' }).fill('Water the roses');
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByText('Water the roses').waitFor();
    await page.getByText('The note is kept').waitFor();
    await visitor.assertAccessible();
  });

  it('that were built for another contract say so, and are not run', async () => {
    await arrive('/older');
    assert.match(await page().getByRole('alert').innerText(), /older 0\.1\.0 were built for another version/);
  });

  it('that fail take nobody else down', async () => {
    await arrive('/broken');
    assert.match(
      await page().getByRole('alert').innerText(),
      /broken 0\.1\.0 could not be loaded[\s\S]*these pages are broken/,
    );
    await page().goto('/garden');
    await page().getByRole('heading', { name: 'Notes' }).waitFor();
  });

  const page = () => visitor.page;
});

async function succeeds(args: string[]): Promise<void> {
  const { code, out, err } = await patchbay(args);
  assert.equal(code, 0, out + err);
}

function change(file: string, text: string, replacement: string): void {
  const before = readFileSync(file, 'utf8');
  assert.ok(before.includes(text), file);
  writeFileSync(file, before.replace(text, replacement));
}
