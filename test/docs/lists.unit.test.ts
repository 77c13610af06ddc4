/** The commands in the guide to lists work as printed. */
import assert from 'node:assert/strict';
import { authConfig, register } from '../support/accounts.ts';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

describe('guide to lists', () => {
  let patchbay: TestPlatform;
  before(async () => {
    const rootToken = 'a-long-random-token-for-scripts';
    patchbay = await startPlatform({ plugins: { auth: { ...authConfig, rootToken } } });
    await register(patchbay, 'ada');
  });
  after(() => patchbay.stop());

  it('shows commands that work, one after another', async () => {
    const [paging, csv, versions] = shellBlocks('docs/lists.md');
    const [first = '', second = ''] = (await runBlock(patchbay, paging ?? '')).split('\n');
    assert.deepEqual(JSON.parse(first).total, { value: 2, relation: 'exact' });
    assert.deepEqual(
      [first, second].map((page) => JSON.parse(page).items[0].email),
      ['ada@example.org', 'admin@example.com'],
    );
    assert.match(await runBlock(patchbay, csv ?? ''), /^id,name,summary,state,/);
    assert.match(await runBlock(patchbay, versions ?? ''), /"full_name":"Ada Lovelace".*"code":"precondition_failed"/);
  }).timeout(60_000);
});
