/** Definitions in bulk by the command line, on an installation of its own. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { warmPatchbay } from '#test/support/warm-commands.ts';
import { definitionOf } from './support.ts';

const SET = 'do: [ { a: { set: { v: 1 } } } ]\n';

describe('a library of workflows', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-library-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is written and read by commands', async () => {
    const env = { PATCHBAY_DATADIR: join(folder, 'data') };
    const flows = join(folder, 'flows');
    await mkdir(flows);
    assert.match((await warmPatchbay(['workflows:import', flows], env)).err, /no \.yaml or \.json file/);
    const source = `# Why it is there.\n${definitionOf('one', SET)}`;
    await writeFile(join(flows, 'one.yaml'), `${source}---\n${definitionOf('two', SET)}`);
    const taken = await warmPatchbay(['workflows:import', flows], env);
    assert.equal(taken.code, 0, taken.err);
    assert.match(taken.out, /test\/one 1\.0\.0\ntest\/two 1\.0\.0\nPublished 2 workflows\.\n$/);
    const out = join(folder, 'out');
    assert.match((await warmPatchbay(['workflows:export', out], env)).out, /Wrote 2 workflows\./);
    assert.equal(await readFile(join(out, 'test', 'one.yaml'), 'utf8'), source);
    await writeFile(join(flows, 'wrong.yaml'), 'document: {}\n');
    const refused = await warmPatchbay(['workflows:import', flows], env);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /Nothing was published:\n.*wrong\.yaml:1:1/);
    // Four commands, each of which starts a platform.
  }).timeout(60_000);
});
