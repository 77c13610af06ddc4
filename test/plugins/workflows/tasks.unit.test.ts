/** Each kind of task, in the spirit of the specification's conformance scenarios. */
import assert from 'node:assert/strict';
import { type Bench, startBench } from './support.ts';

const ERRORS = 'https://serverlessworkflow.io/spec/1.0.0/errors/';

describe('tasks of workflows', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.app.stop());

  let counter = 0;
  const outcome = async (body: string, input: unknown = {}, more: object = {}) => {
    const name = `task${++counter}`;
    await bench.publish(name, body);
    return bench.run(name, input, more);
  };
  const output = async (body: string, input: unknown = {}) => {
    const { status, output: result, error } = await outcome(body, input);
    assert.equal(status, 'completed', JSON.stringify(error));
    return result;
  };
  const failure = async (body: string, input: unknown = {}) => {
    const { status, error } = await outcome(body, input);
    assert.equal(status, 'faulted');
    return error;
  };

  describe('data flow', () => {
    it('filters the input of a task', async () => {
      const body = `do:
- setPlayerId:
    input: { from: .user.claims.subject }
    set: { playerId: '\${ . }' }`;
      assert.deepEqual(await output(body, { user: { claims: { subject: '6AsnRg' } } }), { playerId: '6AsnRg' });
    });

    it('shapes the output, also to something that is no object, and gives it to the next task', async () => {
      const body = `do:
- first:
    set: { id: 1, more: 2 }
    output: { as: .id }
- second:
    set: { id: 2 }
    output: { as: '{ ids: [ $input, .id ] }' }`;
      assert.deepEqual(await output(body), { ids: [1, 2] });
    });

    it('keeps a context that tasks export and later ones read', async () => {
      const body = `do:
- a:
    set: { value: 1 }
    export: { as: '{ seen: [.value] }' }
- b:
    set: { value: '\${ ($context.seen | length) + 1 }' }
    export: { as: '$context | .seen += [2]' }
output: { as: '{ last: .value, seen: $context.seen }' }`;
      assert.deepEqual(await output(body), { last: 2, seen: [1, 2] });
    });

    it('checks input and output against their schemas', async () => {
      const body = `input:
  schema: { document: { type: object, required: [name], properties: { name: { type: string } } } }
do:
- a:
    set: { greeting: '\${ "hello " + .name }' }
    output: { schema: { document: { required: [greeting] } } }`;
      assert.deepEqual(await output(body, { name: 'you' }), { greeting: 'hello you' });
      const error = await failure(body, { name: 4 });
      assert.deepEqual([error.type, error.status, error.instance], [`${ERRORS}validation`, 400, '/']);
    });

    it('gives expressions the arguments of the specification', async () => {
      const body = `do:
- look:
    set:
      task: \${ $task.name + " " + $task.reference }
      workflow: \${ $workflow.definition.document.name }
      input: \${ $workflow.input.x }
      runtime: \${ $runtime.name }
      started: \${ $workflow.startedAt.iso8601 | type }`;
      const found = await output(body, { x: 7 });
      assert.deepEqual(
        [found.task, found.input, found.runtime, found.started],
        ['look /do/0/look', 7, 'patchbay', 'string'],
      );
    });
  });

  describe('flow', () => {
    it('goes in the order that directives say', async () => {
      const body = `do:
- setRed: { set: { colors: '\${ .colors + [ "red" ] }' }, then: setGreen }
- setBlue: { set: { colors: '\${ .colors + [ "blue" ] }' }, then: end }
- setGreen: { set: { colors: '\${ .colors + [ "green" ] }' }, then: setBlue }`;
      assert.deepEqual(await output(body), { colors: ['red', 'green', 'blue'] });
    });

    it('leaves a list with exit, everything with end, and goes around in a circle', async () => {
      const body = `do:
- outer:
    do:
    - one: { set: { at: '\${ (.at // 0) + 1 }' } }
    - again:
        switch:
        - more: { when: .at < 3, then: one }
        - enough: { then: exit }
    - never: { set: { wrong: true } }
- after: { set: { at: '\${ .at }', after: true }, then: end }
- neither: { set: { wrong: true } }`;
      assert.deepEqual(await output(body), { at: 3, after: true });
    });

    it('skips a task whose condition is false', async () => {
      const body = `do:
- no: { if: .go, set: { wrong: true } }
- yes: { if: '\${ .go | not }', set: { right: true } }`;
      assert.deepEqual(await output(body, { go: false }), { right: true });
    });

    it('switches by the first case that is true', async () => {
      const body = `do:
- choose:
    switch:
    - electronic: { when: .type == "electronic", then: e }
    - physical: { when: .type == "physical", then: p }
    - default: { then: u }
- e: { set: { handled: e }, then: end }
- p: { set: { handled: p }, then: end }
- u: { set: { handled: u }, then: end }`;
      for (const [type, handled] of [
        ['electronic', 'e'],
        ['physical', 'p'],
        ['other', 'u'],
      ]) {
        assert.deepEqual(await output(body, { type }), { handled });
      }
    });
  });

  it('loops over items, with names of its own and while a condition holds', async () => {
    const colors = `do:
- loopColors:
    for: { each: color, in: .colors }
    do:
    - mark:
        set:
          processed: '\${ { colors: (.processed.colors + [ $color ]), indexes: (.processed.indexes + [ $index ])} }'`;
    assert.deepEqual(await output(colors, { colors: ['red', 'green', 'blue'] }), {
      processed: { colors: ['red', 'green', 'blue'], indexes: [0, 1, 2] },
    });
    const some = `do:
- loop:
    for: { each: n, in: '[range(10)]', at: i }
    while: (.sum // 0) < 5
    do:
    - add: { set: { sum: '\${ (.sum // 0) + $n }' } }`;
    assert.deepEqual(await output(some), { sum: 6 });
  });

  it('runs branches side by side, and lets them compete', async () => {
    const both = `do:
- fork:
    fork:
      branches:
      - a: { set: { name: a } }
      - b: { do: [ { inner: { set: { name: b } } } ] }`;
    assert.deepEqual(await output(both), [{ name: 'a' }, { name: 'b' }]);
    const race = `do:
- race:
    fork:
      compete: true
      branches:
      - slow: { wait: { hours: 1 } }
      - fast: { set: { winner: fast } }`;
    assert.deepEqual(await output(race), { winner: 'fast' });
    const failing = `do:
- f:
    fork:
      branches:
      - slow: { wait: { hours: 1 } }
      - bad: { raise: { error: { type: 'https://example.com/bad', status: 418, title: Bad } } }`;
    const error = await failure(failing);
    assert.deepEqual([error.type, error.instance], ['https://example.com/bad', '/do/0/f/fork/branches/1/bad']);
  });

  describe('errors', () => {
    it('are raised with type, status and the place in the definition', async () => {
      const body = `use:
  errors:
    tooHot: { type: 'https://example.com/errors/hot', status: 400, title: Too hot, detail: '\${ "it has \\(.degrees) degrees" }' }
do:
- check: { raise: { error: tooHot } }`;
      assert.deepEqual(await failure(body, { degrees: 41 }), {
        type: 'https://example.com/errors/hot',
        status: 400,
        title: 'Too hot',
        detail: 'it has 41 degrees',
        instance: '/do/0/check',
      });
    });

    it('are caught when they match, and not when they do not', async () => {
      const body = (status: number) => `do:
- tryGetPet:
    try:
    - getPet: { raise: { error: { type: '${ERRORS}communication', status: 404, title: Gone } } }
    catch:
      errors: { with: { type: '${ERRORS}communication', status: ${status} } }
      as: err
      do:
      - handle: { set: { error: '\${ $err }' } }`;
      const caught = await output(body(404));
      assert.equal(caught.error.instance, '/do/0/tryGetPet/try/0/getPet');
      assert.equal((await failure(body(503))).status, 404);
    });

    it('are looked at by when and exceptWhen', async () => {
      const body = (rule: string) => `do:
- t:
    try:
    - bad: { raise: { error: { type: 'https://example.com/x', status: 500, title: X } } }
    catch:
      ${rule}
      do:
      - handled: { set: { handled: true } }`;
      assert.deepEqual(await output(body('when: $error.status == 500')), { handled: true });
      assert.equal((await failure(body('exceptWhen: $error.status == 500'))).status, 500);
    });

    it('of expressions name the expression', async () => {
      const error = await failure("do:\n- bad: { set: { x: '${ .a + {} }' } }", { a: 1 });
      assert.equal(error.type, `${ERRORS}expression`);
      assert.match(error.detail, /cannot be added.*\.a \+ \{\}/);
      assert.equal(error.instance, '/do/0/bad');
    });
  });

  it('tries again as its policy says, and gives up at its limit', async () => {
    const name = `task${++counter}`;
    await bench.publish(
      name,
      `use:
  retries:
    patient: { delay: { seconds: 10 }, backoff: { exponential: {} }, limit: { attempt: { count: 3 } } }
do:
- t:
    try:
    - bad: { raise: { error: { type: 'https://example.com/x', status: 500, title: X } } }
    catch: { retry: patient }`,
    );
    const id = await bench.start(name);
    const tries = () =>
      bench.look(id).then(({ tasks }) => tasks.filter((task: any) => task.reference.endsWith('/bad')).length);
    for (const [seconds, count] of [
      [0, 1],
      [10, 2],
      [20, 3],
      [40, 4],
    ] as const) {
      await bench.app.clock.advance(seconds * 1000);
      await bench.until(
        id,
        ({ tasks }) => tasks.filter((task: any) => task.reference.endsWith('/bad')).length === count,
      );
    }
    assert.equal(await tries(), 4);
    const end = await bench.until(id, ({ status }) => status !== 'waiting' && status !== 'running');
    // Without a handler a caught error lets the workflow go on.
    assert.equal(end.status, 'completed');
    assert.equal(end.tasks.find((task: any) => task.reference === '/do/0/t').attempts, 4);
  });

  it('ends tasks and workflows that take too long', async () => {
    const name = `task${++counter}`;
    await bench.publish(
      name,
      'do:\n- slow:\n    timeout: { after: { minutes: 1 } }\n    do:\n    - w: { wait: { hours: 1 } }',
    );
    const id = await bench.start(name);
    await bench.until(id, ({ status }) => status === 'waiting');
    await bench.app.clock.advance(61_000);
    const end = await bench.until(id, ({ status }) => status === 'faulted');
    assert.deepEqual([end.error.type, end.error.status, end.error.instance], [`${ERRORS}timeout`, 408, '/do/0/slow']);
    const whole = `task${++counter}`;
    await bench.publish(whole, 'timeout: { after: PT1M }\ndo:\n- w: { wait: PT1H }');
    const other = await bench.start(whole);
    await bench.until(other, ({ status }) => status === 'waiting');
    await bench.app.clock.advance(61_000);
    const last = await bench.until(other, ({ status }) => status === 'faulted');
    assert.equal(last.error.type, `${ERRORS}timeout`);
  });

  it('lets nobody catch the time-out of what is around', async () => {
    const inner = 'try: [ { w: { wait: PT1H } } ], catch: { do: [ { c: { set: { caught: true } } } ] }';
    for (const [body, instance] of [
      [`timeout: { after: PT1M }\ndo: [ { t: { ${inner} } } ]`, '/'],
      [`do: [ { outer: { timeout: { after: PT1M }, do: [ { t: { ${inner} } } ] } } ]`, '/do/0/outer'],
      [`do: [ { t: { timeout: { after: PT1M }, ${inner} } } ]`, '/do/0/t'],
    ] as const) {
      const name = `task${++counter}`;
      await bench.publish(name, body);
      const id = await bench.start(name);
      await bench.until(id, ({ status }) => status === 'waiting');
      await bench.app.clock.advance(61_000);
      const end = await bench.until(id, ({ ended_at }) => ended_at !== null);
      assert.deepEqual([end.status, end.error?.type, end.error?.instance], ['faulted', `${ERRORS}timeout`, instance]);
    }
  });

  it('waits without memory', async () => {
    const name = `task${++counter}`;
    await bench.publish(name, 'do:\n- w: { wait: { days: 3 } }\n- done: { set: { waited: true } }');
    const id = await bench.start(name);
    await bench.until(id, ({ status }) => status === 'waiting');
    assert.equal(bench.app.services.workflowEngine.loaded(), 0);
    await bench.app.clock.advance(3 * 86_400_000 - 1000);
    assert.equal((await bench.look(id)).status, 'waiting');
    await bench.app.clock.advance(2000);
    const { output: result } = await bench.until(id, ({ status }) => status === 'completed');
    assert.deepEqual(result, { waited: true });
  });

  it('runs another workflow, and waits for it or not', async () => {
    await bench.publish('child', 'do:\n- w: { wait: PT5S }\n- a: { set: { doubled: "${ .n * 2 }" } }');
    await bench.publish(
      'parent',
      `do:
- sub:
    run: { workflow: { namespace: test, name: child, version: '1.0.0', input: { n: '\${ .start }' } } }
- next: { set: { result: '\${ .doubled + 1 }' } }`,
    );
    const id = await bench.start('parent', { start: 20 });
    await bench.until(id, ({ status }) => status === 'waiting');
    await bench.app.clock.advance(6000);
    assert.deepEqual((await bench.until(id, ({ status }) => status === 'completed')).output, { result: 41 });
  });

  it('puts extensions around tasks', async () => {
    const seen: any[] = [];
    const stop = bench.app.services.events.listen((event) => void (event.type.startsWith('test.') && seen.push(event)));
    const body = `use:
  extensions:
  - watch:
      extend: set
      before: [ { say: { emit: { event: { with: { source: 'test://x', type: test.before, data: { task: '\${ $task.name }' } } } } } } ]
      after: [ { say: { emit: { event: { with: { source: 'test://x', type: test.after } } } } } ]
do:
- one: { set: { a: 1 } }`;
    assert.deepEqual(await output(body), { a: 1 });
    stop();
    assert.deepEqual(
      seen.map(({ type }) => type),
      ['test.before', 'test.after'],
    );
    assert.deepEqual(seen[0].data, { task: 'one' });
  });

  it('calls functions of plugins and of its own', async () => {
    const own = `use:
  functions:
    greet: { set: { greeting: '\${ "hello " + .name }' } }
do:
- g: { call: greet, with: { name: '\${ .who }' } }`;
    assert.deepEqual(await output(own, { who: 'you' }), { greeting: 'hello you' });
    const plugin = 'do:\n- s: { call: workflows.start, with: { namespace: test, name: child, input: { n: 1 } } }';
    assert.match((await output(plugin)).id, /^[0-9a-f-]{36}$/);
    const wrong = 'do:\n- s: { call: workflows.start, with: { namespace: test } }';
    const error = await failure(wrong);
    assert.deepEqual([error.type, error.instance], [`${ERRORS}validation`, '/do/0/s']);
  });

  it('runs scripts in a sandbox', async () => {
    const script = (code: string, more = '') => `do:
- s:
    run:
      script: { language: javascript, code: ${JSON.stringify(code)}, arguments: { n: '\${ .n }' } }${more}`;
    assert.deepEqual(await output(script('return { twice: n * 2, from: input.n }'), { n: 21 }), {
      twice: 42,
      from: 21,
    });
    assert.equal(await output(script('console.log("hi", n)'), { n: 1 }), 'hi 1');
    assert.equal(
      await output(script('return typeof process + typeof require + typeof setTimeout'), { n: 1 }),
      'undefinedundefinedundefined',
    );
    assert.match((await failure(script('throw new Error("no")'), { n: 1 })).detail, /no/);
    assert.match(
      (await failure(script('const a = []; for (;;) a.push(new Array(1e5).fill(1))'), { n: 1 })).detail,
      /memory|longer/i,
    );
  }).timeout(20_000);
});
