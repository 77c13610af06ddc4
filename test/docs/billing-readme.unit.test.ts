/** The commands in the README of billing work as printed. */
import assert from 'node:assert/strict';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

describe('README of billing', () => {
  let patchbay: TestPlatform;
  before(async () => {
    patchbay = await startPlatform({
      plugins: { auth: { rootToken: 'a-long-random-token-for-scripts' }, billing: {} },
    });
  });
  after(() => patchbay.stop());

  it('shows commands that work', async () => {
    const [block = ''] = shellBlocks('plugins/billing/README.md');
    const output = await runBlock(patchbay, block);
    assert.match(output, /19\.90 USD/);
    assert.match(output, /"invoice_number":"INV-000001"/);
    assert.match(output, /"plan_id":"team"/);
    assert.match(output, /%PDF-$/);
  }).timeout(60_000);
});
