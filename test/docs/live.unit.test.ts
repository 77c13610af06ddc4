/** The commands in the guide to the live channel work as printed. */
import assert from 'node:assert/strict';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

describe('guide to the live channel', () => {
  let patchbay: TestPlatform;
  before(async () => {
    patchbay = await startPlatform({ plugins: { auth: { rootToken: 'a-long-random-token-for-scripts' } } });
  });
  after(() => patchbay.stop());

  it('shows commands that work, one after another', async () => {
    const [stream, work, backups] = shellBlocks('docs/live.md');
    const opened = await runBlock(patchbay, stream ?? '');
    assert.match(opened, /^: connected\n\nid: [0-9a-f]{12}-\d+\n\n/);
    assert.match(await runBlock(patchbay, work ?? ''), /"kind":"core\.backup".*"state":"done"/);
    const taken = await runBlock(patchbay, backups ?? '');
    assert.match(taken, /"size_bytes":\d+/);
    assert.match(taken, /manifest\.json/);
  }).timeout(60_000);
});
