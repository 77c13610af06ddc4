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
    const outputs: string[] = [];
    for (const block of shellBlocks('plugins/licensing/README.md')) outputs.push(await runBlock(patchbay, block));
    assert.equal(outputs.length, 3);
    assert.match(outputs[0] ?? '', /"isValid":true[\s\S]*"active_devices":1/);
    assert.match(outputs[1] ?? '', /"what":"upgraded"[\s\S]*"isValid":true[\s\S]*"productId":"PROD-/);
    assert.match(outputs[2] ?? '', /"state":"valid"/);
  }).timeout(60_000);
});
