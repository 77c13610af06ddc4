/** The ten minutes of the README of AI replies work as printed, with a fake in the place of Ollama. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { fakeModels } from '../plugins/ai-replies/support.ts';
import { runBlock, shellBlocks, yamlBlock } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

const README = 'plugins/ai-replies/README.md';

describe('README of AI replies', () => {
  let patchbay: TestPlatform;
  let stopModel: () => Promise<void>;
  before(async () => {
    const model = await fakeModels();
    model.on({}, { content: JSON.stringify({ action: 'reply', text: 'Five euros.', sources: ['S1'] }) });
    stopModel = () => model.stop();
    const printed = yamlBlock(README, 'Ten minutes to a robot that answers from a document');
    const { plugins, ...config } = parse(printed.replace('http://127.0.0.1:11434', model.url));
    patchbay = await startPlatform({ plugins: { ...plugins, robots: {} }, config });
  });
  after(async () => {
    await patchbay.stop();
    await stopModel();
  });

  it('shows commands that work, one after another', async () => {
    const [prepare = '', ask = '', ...more] = shellBlocks(README);
    assert.deepEqual(more, []);
    const shown = await runBlock(patchbay, prepare);
    assert.match(shown, /"ai_consent_enabled":true/);
    assert.match(shown, /"passages":\[\{[^}]*"document":"Prices"/);
    assert.match(shown, /"instructions":"You are/);
    assert.match(shown, /"answer":null/);
    // The person pauses, and the answer waits its time.
    const moving = setInterval(() => void patchbay.clock.advance(1_000), 100);
    const told = await runBlock(patchbay, ask).finally(() => clearInterval(moving));
    assert.match(told, /"content":"Five euros\.\\n\\n\[1\] Prices › Shipping"/);
  }).timeout(60_000);
});
