/** The folder of definitions: what is wrong with one file is nothing to the others. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('the folder of workflows', () => {
  let bench: Bench;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-folder-'));
    bench = await startBench({ plugins: { workflows: { folder } } as any });
  });
  after(async () => {
    await bench.app.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const write = (name: string, body: string) => writeFile(join(folder, `${name}.yaml`), body);
  const isOn = async (name: string) => (await bench.admin.get(`/api/platform/workflows/test/${name}`)).body.enabled;

  it('switches off what is gone, also while another file is wrong', async () => {
    const { workflowFolder } = bench.app.services;
    for (const name of ['a', 'b', 'c']) await write(name, definitionOf(name, 'do: [ { a: { set: { a: 1 } } } ]'));
    assert.deepEqual(await workflowFolder.sync(), { published: 3, wrong: 0 });
    await write('b', 'document: {');
    await rm(join(folder, 'c.yaml'));
    assert.deepEqual(await workflowFolder.sync(), { published: 1, wrong: 1 });
    assert.deepEqual([await isOn('a'), await isOn('b'), await isOn('c')], [true, true, false]);
  });
});
