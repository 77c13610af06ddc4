/** What can be written in YAML and JSON but not be kept is refused when it is published, with its place. */
import assert from 'node:assert/strict';
import { type Bench, definitionOf, startBench } from './support.ts';

describe('definitions that cannot be kept', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  const refused = async (definition: string | object) => {
    const answer = await bench.admin.post('/api/platform/workflows', { definition });
    return { status: answer.status, errors: answer.body.errors ?? [] };
  };

  it('because an alias stands for something that it is a part of', async () => {
    for (const body of ['do: &a [ *a ]', 'do: &a\n- t: { set: { x: { y: *a } } }']) {
      const { status, errors } = await refused(definitionOf('circle', body));
      assert.equal(status, 422);
      assert.match(errors[0].message, /alias/);
    }
  });

  it('because NUL is in a value or a name', async () => {
    const listening = 'do: [ { l: { listen: { to: { one: { with: { type: "a\\0b" } } } } } } ]';
    const { status, errors } = await refused(definitionOf('nul', listening));
    assert.deepEqual([status, errors[0].path], [422, '/do/0/l/listen/to/one/with/type']);
    assert.match(errors[0].message, /NUL/);
    const named = await refused(definitionOf('named', 'do: [ { "a\\0b": { set: { a: 1 } } } ]'));
    assert.equal(named.status, 422);
  });

  it('but an alias that stands in several places may', async () => {
    await bench.publish('shared', 'do:\n- a: { set: &v { x: 1 } }\n- b: { set: *v }');
    assert.deepEqual((await bench.run('shared')).output, { x: 1 });
  });

  it('and a key of a start with NUL is a key like any other', async () => {
    await bench.publish('keyed', 'do: [ { a: { set: { a: 1 } } } ]');
    const start = () => bench.admin.post('/api/platform/workflows/test/keyed/executions', { idempotency_key: 'a\0b' });
    const [first, second] = [await start(), await start()];
    assert.deepEqual([first.status, second.body.id], [202, first.body.id]);
  });
});
