/** Standard errors are caught by whichever of their addresses a definition names them. */
import assert from 'node:assert/strict';
import { type Bench, startBench } from './support.ts';

const NEWER = 'https://serverlessworkflow.io/spec/1.0.0/errors/';
const OLDER = 'https://serverlessworkflow.io/dsl/errors/types/';

describe('types of errors', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  const caught = async (name: string, raised: string, wanted: string) => {
    await bench.publish(
      name,
      `do:
- t:
    try: [ { r: { raise: { error: { type: '${raised}', status: 500, title: odd } } } } ]
    catch: { as: it, errors: { with: { type: '${wanted}' } }, do: [ { d: { set: { type: '\${ $it.type }' } } } ] }`,
    );
    return bench.run(name);
  };

  it('of the older DSL are those of the newer one, both ways', async () => {
    const older = await caught('older', `${NEWER}communication`, `${OLDER}communication`);
    assert.deepEqual([older.status, older.output], ['completed', { type: `${NEWER}communication` }]);
    const newer = await caught('newer', `${OLDER}timeout`, `${NEWER}timeout`);
    assert.deepEqual([newer.status, newer.output], ['completed', { type: `${OLDER}timeout` }]);
  });

  it('that differ, and types of one’s own, are told apart', async () => {
    assert.equal((await caught('other', `${NEWER}communication`, `${OLDER}timeout`)).status, 'faulted');
    assert.equal((await caught('unknown', `${NEWER}mine`, `${OLDER}mine`)).status, 'faulted');
    assert.equal(
      (await caught('own', 'https://shop.example/errors/a', 'https://shop.example/errors/a')).status,
      'completed',
    );
  });

  it('catch a call that could not be made, as the scenarios of the standard do', async () => {
    await bench.publish(
      'call',
      `do:
- t:
    try: [ { c: { call: http, with: { method: get, endpoint: 'http://127.0.0.1:9/nobody' } } } ]
    catch: { errors: { with: { type: '${OLDER}communication' } }, do: [ { d: { set: { caught: true } } } ] }`,
    );
    assert.deepEqual((await bench.run('call')).output, { caught: true });
  });
});
