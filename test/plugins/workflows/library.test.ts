/** Definitions in bulk: tags, files in and out, the folder beside the configuration, ready examples. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '#test/support/accounts.ts';
import { documentsIn } from '../../../plugins/workflows/definitions/transfer.ts';
import { type Bench, definitionOf, startBench } from './support.ts';

const WORKFLOWS = '/api/platform/workflows';
const SET = 'do: [ { a: { set: { v: 1 } } } ]\n';

describe('a library of workflows', () => {
  let bench: Bench;
  let folder: string;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patchbay-library-'));
  });
  afterEach(async () => {
    await bench.clear();
    await rm(folder, { recursive: true });
  });

  const tagged = (name: string, tags: string): string =>
    definitionOf(name, SET).replace("  version: '1.0.0'\n", `  version: '1.0.0'\n  tags: ${tags}\n`);
  const names = async (query = ''): Promise<string[]> =>
    (await bench.admin.get(`${WORKFLOWS}${query}`)).body.items.map(({ name }: { name: string }) => name);

  it('finds workflows by their tags', async () => {
    for (const [name, tags] of [
      ['one', '{ team: billing, stage: "1:2" }'],
      ['two', '{ team: sales }'],
      ['three', '{}'],
    ] as const) {
      await bench.admin.post(WORKFLOWS, { definition: tagged(name, tags) });
    }
    assert.deepEqual(await names(), ['one', 'three', 'two']);
    assert.deepEqual(await names('?tag=team'), ['one', 'two']);
    assert.deepEqual(await names('?tag=team:billing'), ['one']);
    assert.deepEqual(await names('?tag=stage:1:2'), ['one']);
    assert.deepEqual(await names('?tag=constructor'), []);
    await bench.admin.post(WORKFLOWS, { definition: tagged('one', '{ team: sales }') });
    assert.deepEqual(await names('?tag=team:sales'), ['one', 'two']);
  });

  it('gives all definitions as one file, and takes it in elsewhere', async () => {
    const commented = `# Why it is there.\n${definitionOf('one', SET)}`;
    await bench.admin.post(WORKFLOWS, { definition: commented });
    await bench.admin.post(WORKFLOWS, { definition: JSON.parse(JSON.stringify(objectOf('two'))) });
    await bench.admin.post(WORKFLOWS, { definition: definitionOf('draft', SET), draft: true });
    const file = await bench.admin.get(`${WORKFLOWS}/export`);
    assert.match(String(file.headers.get('content-disposition')), /workflows\.yaml/);
    assert.ok(file.text.startsWith(commented));

    const tenant = await register(bench.app);
    assert.equal((await tenant.http.get(`${WORKFLOWS}/export`)).text, '');
    const taken = await tenant.http.post(`${WORKFLOWS}/import`, { definitions: file.text, enabled: false });
    assert.equal(taken.status, 201);
    assert.deepEqual(
      taken.body.items.map(({ name }: { name: string }) => name),
      ['one', 'two'],
    );
    assert.equal((await tenant.http.get(`${WORKFLOWS}/export`)).text, file.text);
    assert.equal((await tenant.http.get(`${WORKFLOWS}/test/one`)).body.enabled, false);
  });

  it('takes in nothing when one of them is wrong', async () => {
    const definitions = `${definitionOf('good', SET)}---\n${definitionOf('bad', 'do: [ { a: { sett: {} } } ]')}`;
    const answer = await bench.admin.post(`${WORKFLOWS}/import`, { definitions });
    assert.equal(answer.status, 422);
    assert.deepEqual([answer.body.errors[0].document, answer.body.errors[0].line], [1, 6]);
    assert.deepEqual(await names(), []);
    assert.equal((await bench.admin.post(`${WORKFLOWS}/import`, { definitions: 'a: [' })).status, 422);
    const many = await bench.admin.post(`${WORKFLOWS}/import`, { definitions: 'a: 1\n---\n'.repeat(5_000) });
    assert.ok(many.body.errors.length < 200, `${many.body.errors.length} errors`);
    assert.deepEqual((await bench.admin.post(`${WORKFLOWS}/import`, { definitions: '' })).body, { items: [] });
  });

  it('takes documents apart by their markers alone', () => {
    const text =
      '%YAML 1.2\n--- # first\na: |\n  ---\n  ...\n...\n# between\n---\r\nb: "--- x"\n--- {c: 3}\n---d: 4\n---\n';
    assert.deepEqual(documentsIn(text), ['# first\na: |\n  ---\n  ...\n', 'b: "--- x"\n', '{c: 3}\n---d: 4\n']);
  });

  it('has ready definitions, each of which can be published', async () => {
    const { items } = (await bench.admin.get('/api/platform/workflow-examples')).body;
    assert.ok(items.length >= 10);
    for (const { name, summary, definition } of items) {
      assert.ok(summary.length > 20, name);
      assert.match(definition, new RegExp(`name: ${name}\\n`));
    }
  });

  it('keeps the folder beside the configuration file in sync', async () => {
    const configFile = join(folder, 'patchbay.yaml');
    await writeFile(configFile, '{}');
    await mkdir(join(folder, 'workflows'));
    await writeFile(join(folder, 'workflows', 'one.yaml'), definitionOf('one', SET));
    await bench.app.stop();
    bench = await startBench({ configFile });
    assert.deepEqual((await bench.run('one')).output, { v: 1 });
  });

  function objectOf(name: string) {
    const document = { dsl: '1.0.0', namespace: 'test', name, version: '1.0.0' };
    return { document, do: [{ a: { set: { v: 2 } } }] };
  }
});
