/** The guide shows one plugin from its first line to its last: what it shows is that plugin, and it passes its own tests. */
import assert from 'node:assert/strict';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { patchbay, ROOT } from '#test/support/command-line.ts';

const TEMPLATE = join(ROOT, 'package', 'new-plugin');

/** The files that the guide shows, by name. */
function shown(): Map<string, string> {
  const guide = readFileSync(join(ROOT, 'docs', 'plugin-guide.md'), 'utf8');
  const blocks = guide.matchAll(/^```ts title="(?<file>[^"]+)"\n(?<text>.*?)^```$/gms);
  return new Map([...blocks].map(({ groups }) => [groups?.file ?? '', groups?.text ?? '']));
}

describe('the guide to plugins', () => {
  it('shows every file of what new-plugin writes, and shows it as it is', () => {
    const files = globSync('**/*.ts', { cwd: TEMPLATE });
    assert.deepEqual([...shown().keys()].sort(), files.sort());
    for (const [file, text] of shown()) assert.equal(text, readFileSync(join(TEMPLATE, file), 'utf8'), file);
  });

  it('shows a plugin that passes its tests in a folder of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-guide-'));
    for (const [file, text] of shown()) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    cpSync(join(TEMPLATE, 'package.json'), join(folder, 'package.json'));
    const { code, out, err } = await patchbay(['test', folder], {});
    assert.deepEqual([code, /pass 7/.test(out)], [0, true], out + err);
    rmSync(folder, { recursive: true });
  }).timeout(120_000);
});
