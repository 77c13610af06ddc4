/** What an execution began with it goes on with: after each wait, whatever clocks, branches and loops have done meanwhile. */
import assert from 'node:assert/strict';
import { type Bench, startBench } from './support.ts';

const is =
  (status: string) =>
  (execution: { status: string }): boolean =>
    execution.status === status;

describe('an execution that rests goes on with what it had', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  /** Runs it to its end, over all its waits. */
  async function toTheEnd(name: string, input: object = {}): Promise<any> {
    const id = await bench.start(name, input);
    return bench.until(id, async ({ status, ended_at }) => {
      if (status === 'waiting') await bench.app.clock.advance(1_000);
      return ended_at !== null;
    });
  }

  for (const pause of ['', '- w: { wait: { seconds: 1 } }'])
    it(`a loop in a loop by \`then\` does each round, ${pause ? 'with a wait between' : 'at once'}`, async () => {
      await bench.publish(
        'pages',
        `do:
- init: { set: { n: 0, day: 1, seen: [] } }
- c:
    do:
    - x: { set: '\${ .seen += ["\\(.day)/\\(.n)"] | .n += 1 }' }
    - sw: { switch: [ { again: { when: .n < 2, then: x } } ] }
${pause}
- next: { set: '\${ .n = 0 | .day += 1 }' }
- more: { switch: [ { again: { when: .day < 4, then: c } } ] }`,
      );
      const { status, output } = await toTheEnd('pages');
      assert.equal(status, 'completed');
      assert.deepEqual(output.seen, ['1/0', '1/1', '2/0', '2/1', '3/0', '3/1']);
    });

  it('the items of a loop, whatever another branch makes of the context', async () => {
    await bench.publish(
      'items',
      `do:
- init: { set: { x: 1 }, export: { as: '\${ {items: [1, 2, 3]} }' } }
- f:
    fork:
      branches:
      - clear: { do: [ { w: { wait: { seconds: 1 } } }, { q: { set: { a: 1 }, export: { as: '\${ {items: []} }' } } } ] }
      - loop: { for: { each: i, in: $context.items }, do: [ { w: { wait: { seconds: 3 } } }, { s: { set: { seen: '\${ (.seen // []) + [$i] }' } } } ] }`,
    );
    assert.deepEqual((await toTheEnd('items')).output, [{ a: 1 }, { seen: [1, 2, 3] }]);
  });

  it('what it was given, where that was made of the time', async () => {
    await bench.publish(
      'times',
      `do:
- d:
    input: { from: '\${ {at: now} }' }
    do: [ { a: { set: { first: '\${ .at }' } } }, { w: { wait: { seconds: 2 } } } ]
    output: { as: '\${ {first, at: $input.at} }' }
- f: { for: { each: i, in: '[now]' }, do: [ { b: { set: { before: '\${ $i }' } } }, { w: { wait: { seconds: 2 } } }, { c: { set: { before: '\${ .before }', after: '\${ $i }' } } } ] }`,
    );
    const { status, output, tasks } = await toTheEnd('times');
    assert.equal(status, 'completed');
    assert.equal(output.before, output.after);
    const made = tasks.find(({ reference }: any) => reference === '/do/0/d').output;
    assert.equal(made.first, made.at);
  });

  it('the way that it took, also without a log', async () => {
    const branch = (way: string) =>
      `{ do: [ { w: { wait: { seconds: 5 } } }, { e: { set: { went: ${way} } } } ], then: end }`;
    await bench.publish(
      'turns',
      `# metadata: { patchbay: { logging: none } }
do:
- s: { switch: [ { even: { when: '(now * 1000 | floor) % 2 == 0', then: even } }, { odd: { then: odd } } ] }
- even: ${branch('even')}
- odd: ${branch('odd')}`,
    );
    // Who asked the time once more would go the same way half of the times.
    for (let round = 0; round < 8; round++) {
      const id = await bench.start('turns', {});
      const [wait] = (await bench.until(id, is('waiting'))).waits;
      await bench.app.clock.advance(5_000);
      const { output } = await bench.until(id, is('completed'));
      assert.match(wait.reference, new RegExp(`/${output.went}/do/0/w$`));
    }
  });

  it('values that are too long to be read all at once', async () => {
    await bench.publish(
      'long',
      `do:
- init: { set: { list: [] }, export: { as: '\${ {long: ("x" * 9000)} }' } }
- f: { for: { each: i, in: '[range(3)]' }, do: [ { s: { set: '\${ .list += [("y" * 5000) + ($i | tostring)] }' } }, { w: { wait: { seconds: 1 } } } ] }
- end: { set: { lengths: '\${ .list | map(length) }', context: '\${ $context.long | length }' } }`,
    );
    assert.deepEqual((await toTheEnd('long')).output, { lengths: [5001, 5001, 5001], context: 9000 });
  });

  it('the workflow that it waits for, also when that is gone: it is not begun a second time', async () => {
    await bench.publish('kid', 'do: [ { w: { wait: { seconds: 5 } } } ]');
    await bench.publish(
      'mum',
      "do: [ { c: { run: { workflow: { namespace: test, name: kid, version: '1.0.0' } } } } ]",
    );
    const id = await bench.start('mum');
    await bench.until(id, is('waiting'));
    const kids = async () => (await bench.admin.get('/api/platform/executions?name=kid')).body.items;
    const [kid] = await kids();
    await bench.admin.post(`/api/platform/executions/${id}/suspend`, {});
    await bench.app.clock.advance(6_000);
    await bench.until(kid.id, is('completed'));
    const { db, workflowExecutions } = bench.app.services;
    await db.write('workflows_executions').where({ id: kid.id }).update({ ended_at: 1 });
    await workflowExecutions.prune();
    assert.equal((await kids()).length, 1, 'who is waited for is kept');
    await db.write('workflows_executions').where({ id: kid.id }).delete();
    await bench.admin.post(`/api/platform/executions/${id}/resume`, {});
    const { error } = await bench.until(id, is('faulted'));
    assert.match(error.detail, /is gone or was cancelled/);
    assert.equal((await kids()).length, 0);
  });
});
