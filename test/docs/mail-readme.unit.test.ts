/** The commands in the README of mail work as printed. */
import assert from 'node:assert/strict';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

describe('README of mail', () => {
  let patchbay: TestPlatform;
  before(async () => {
    const auth = { rootToken: 'a-long-random-token-for-scripts' };
    patchbay = await startPlatform({ plugins: { auth, mail: { smtp: { port: 0 } } } });
  });
  after(() => patchbay.stop());

  it('shows commands that work, one after another', async () => {
    const outputs: string[] = [];
    for (const block of shellBlocks('plugins/mail/README.md')) outputs.push(await runBlock(patchbay, block));
    const all = outputs.join('\n');
    for (const expected of [
      /\["example\.com"\]/,
      /"email":"me@example\.com"/,
      /"pinned":true/,
      /"code":"482913"/,
      /"list":\[/,
      /"attachments":\[\]/,
      /"action":"quarantine"/,
      /"last_event":/,
      /"secret":"whsec_/,
    ]) {
      assert.match(all, expected);
    }
  }).timeout(60_000);
});
