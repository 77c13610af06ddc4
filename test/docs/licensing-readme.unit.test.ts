/** The commands in the README of licensing work as printed. */
import assert from 'node:assert/strict';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

describe('README of licensing', () => {
  let patchbay: TestPlatform;
  before(async () => {
    patchbay = await startPlatform({
      plugins: { auth: { rootToken: 'a-long-random-token-for-scripts' }, licensing: {} },
    });
  });
  after(() => patchbay.stop());

  it('shows commands that work', async () => {
    const [block = ''] = shellBlocks('plugins/licensing/README.md');
    const output = await runBlock(patchbay, block);
    assert.match(output, /"isValid":true/);
    assert.match(output, /"active_devices":1/);
  }).timeout(60_000);
});
