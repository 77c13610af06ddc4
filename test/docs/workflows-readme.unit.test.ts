/** The commands in the README of workflows work as printed, and its tables name what there is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowsConfig } from '#plugins/workflows/config.ts';
import { root } from '../../scripts/setup.mjs';
import { runBlock, shellBlocks } from '../support/documents.ts';
import { startPlatform, type TestPlatform } from '../support/harness.ts';

const README = 'plugins/workflows/README.md';

describe('README of workflows', () => {
  let patchbay: TestPlatform;
  before(async () => {
    patchbay = await startPlatform({
      plugins: { auth: { rootToken: 'a-long-random-token-for-scripts' }, workflows: {} },
    });
  });
  after(() => patchbay.stop());

  it('shows commands that work', async () => {
    const outputs: string[] = [];
    for (const block of shellBlocks(README)) outputs.push(await runBlock(patchbay, block));
    assert.equal(outputs.length, 2);
    assert.match(outputs[0] ?? '', /"output":\{"price":90\}[\s\S]*"output":\{"price":45\}[\s\S]*"valid":false/);
    assert.match(outputs[1] ?? '', /"output":\{"text":"Hello Grace"\}/);
  }).timeout(60_000);

  it('names every key of the configuration and every route', () => {
    const text = readFileSync(join(root, README), 'utf8');
    for (const key of Object.keys(WorkflowsConfig.properties)) assert.match(text, new RegExp(`\`${key}[\`.]`));
    const { plugin } = patchbay.platform.plugins.find((one) => one.plugin.name === 'workflows') ?? {};
    for (const { path } of plugin?.routes ?? []) {
      const steering = /^\/api\/platform\/executions\/\{id\}\/(cancel|suspend|resume|retry|replay)$/.exec(path)?.[1];
      const shown = steering ? `\`${steering}\`` : path.replace(/^\/api\/platform(?!\/approvals)/, '');
      assert.ok(text.includes(shown), `${path} is not in the README`);
    }
  });
});
