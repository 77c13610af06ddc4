// Expressions of workflows: short ones at once, long ones on a thread of their own, in turn for each tenant.
import assert from 'node:assert/strict';
import { secretsIn } from '../../../plugins/workflows/language/compiled-expressions.ts';
import {
  evaluateDeep,
  evaluateExpression,
  LARGEST,
  LOOSE,
  type Scope,
  TENANT,
} from '../../../plugins/workflows/language/expressions.ts';
import { Fault } from '../../../plugins/workflows/language/faults.ts';

const of = (tenant: string, more: Scope = {}): Scope => ({ ...more, [TENANT]: tenant });

/** Takes more steps than the main thread gives, and fewer than an expression may. */
const LONG = '[range(30000)] | length';
/** Takes all the steps that an expression may. */
const ENDLESS = 'last(range(1e9))';

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof Fault && error.error.type.endsWith('/expression') && pattern.test(String(error.error.detail));

describe('expressions', () => {
  it('give the same on either thread', async () => {
    const variables: Scope = { item: { a: [1, -0, null, 'ä😀'] }, __proto__: null };
    const expected = { a: { a: [1, -0, null, 'ä😀'] }, b: [{ x: 1 }] };
    const short = '{ a: $item, b: [.] }';
    assert.deepEqual(await evaluateExpression(short, { x: 1 }, of('same', variables)), expected);
    assert.deepEqual(await evaluateExpression(`(${LONG}) as $n | ${short}`, { x: 1 }, of('same', variables)), expected);
  });

  it('that are long let everybody else go on', async () => {
    const order: string[] = [];
    const long = evaluateExpression(ENDLESS, null, of('first')).catch(() => order.push('long'));
    await evaluateExpression('1 + 1', null, of('second')).then((found) => order.push(`short ${found}`));
    // Turns of the event loop pass while the long one runs.
    await new Promise((resolve) => setImmediate(resolve));
    order.push('turn');
    await long;
    assert.deepEqual(order, ['short 2', 'turn', 'long']);
  });

  it('of one tenant stand behind its own, not before those of another', async () => {
    const order: string[] = [];
    const run = (name: string, tenant: string) =>
      evaluateExpression(LONG, null, of(tenant)).then(() => void order.push(name));
    await Promise.all([...[1, 2, 3, 4, 5].map((place) => run(`a${place}`, 'a')), run('b1', 'b'), run('b2', 'b')]);
    assert.deepEqual(order, ['a1', 'b1', 'a2', 'b2', 'a3', 'a4', 'a5']);
  });

  it('go on elsewhere when their tenant has had its share of the main thread', async () => {
    const order: string[] = [];
    // Each is short enough for the main thread, all together are not.
    const many = Array.from({ length: 400 }, () => '${ [range(15000)] | length }');
    const all = evaluateDeep(many, null, of('greedy')).then((found) => {
      order.push('all');
      return found;
    });
    await new Promise((resolve) => setImmediate(resolve));
    order.push('turn');
    assert.deepEqual(
      await all,
      many.map(() => 15_000),
    );
    assert.deepEqual(order, ['turn', 'all']);
  });

  it('fail with their own fault, and nobody else with them', async () => {
    const bombs = [
      ENDLESS,
      `(${LONG}) | error("no")`,
      '("a" * 60 + "b") | test("^(a+)+$")',
      '("x" * 24000000) as $s | [range(4) | ($s | @uri | length)]',
      'def f: [., f]; f',
      '[limit(3000000; repeat(1))] | length',
      'reduce range(26) as $i ("x"; . + .) | [range(1000000)] | length',
      '[range(200000) | tostring] | join(",") | explode | implode',
    ];
    const all = await Promise.allSettled(
      [...bombs, LONG].map((source, place) => evaluateExpression(source, null, of(`t${place}`))),
    );
    assert.deepEqual(
      all.map(({ status }) => status),
      [...bombs.map(() => 'rejected'), 'fulfilled'],
    );
    for (const one of all) assert.ok(one.status === 'fulfilled' || refused(/\(in: /)(one.reason), String(one));
  });

  it('are refused when their result is too large, also when it only becomes so by being written', async () => {
    const limits = of('large', { [LARGEST]: 10_000 });
    await assert.rejects(evaluateExpression('"x" * 20000', null, limits), refused(/larger than 10000 bytes/));
    const doubling = 'reduce range(40) as $i ([1]; [., .])';
    await assert.rejects(evaluateExpression(doubling, null, limits), refused(/larger than 10000 bytes/));
    await assert.rejects(evaluateExpression(`(${LONG}) | [range(9000)]`, null, limits), refused(/larger than 10000/));
  });

  it('that are tried as such leave the text when they fail, also when they are long', async () => {
    const loose = of('loose', { [LOOSE]: true });
    const given = { a: ENDLESS, b: LONG, c: 'Hello there', d: ['.x'] };
    assert.deepEqual(await evaluateDeep(given, { x: 5 }, loose), { a: ENDLESS, b: 30_000, c: 'Hello there', d: [5] });
  });

  it('that are not small by their text never run here, not even for a moment', async () => {
    const order: string[] = [];
    const text = evaluateExpression('test("a")', 'a', of('text')).then(() => order.push('text'));
    const product = evaluateExpression('.a * .b', { a: 'x', b: 2 }, of('product')).then((found) =>
      order.push(String(found)),
    );
    await evaluateExpression('[.[] | select(. > 1)] | add', [1, 2, 3], of('list')).then((found) =>
      order.push(`${found}`),
    );
    assert.deepEqual(order, ['5']);
    await Promise.all([text, product]);
    assert.deepEqual(order.sort(), ['5', 'text', 'xx']);
  });

  it('throw what would be endless once it is written out, and say as much of it as can be read', async () => {
    const detail = async (source: string): Promise<string> => {
      const error = await evaluateExpression(source, null, of('thrown')).then(
        () => assert.fail('it has failed'),
        (fault: Fault) => fault,
      );
      return String(error.error.detail);
    };
    for (const source of [
      'reduce range(60) as $i (1; [., .]) | error',
      '"x" * 5000000 | error',
      '[range(100000)] | error',
    ])
      assert.ok((await detail(source)).length < 3_000, source);
    assert.match(await detail('{a: [1, "x"]} | error'), /^\{"a":\[1,"x"\]\} \(not a string\) \(in: /);
  });

  it('of one tenant have one place, so that those of others need not wait for them', async () => {
    const order: string[] = [];
    const greedy = [1, 2].map(() => evaluateExpression(ENDLESS, null, of('greedy')).catch(() => order.push('greedy')));
    await evaluateExpression(LONG, null, of('modest')).then(() => order.push('modest'));
    await Promise.all(greedy);
    // On a busy machine the first of them may have come to its limit of time before.
    assert.equal(order.at(-1), 'greedy');
    assert.deepEqual(order.toSorted(), ['greedy', 'greedy', 'modest']);
  });

  it('of one value are bounded together', async () => {
    const limits = of('together', { [LARGEST]: 10_000 });
    const many = (source: string) => Array.from({ length: 50 }, () => `\${ ${source} }`);
    await assert.rejects(evaluateDeep(many('.'), 'x'.repeat(5_000), limits), refused(/larger than 10000/));
    await assert.rejects(evaluateDeep(many('[range(2000)]'), null, limits), refused(/larger than 10000/));
    assert.equal(((await evaluateDeep(many('[range(20)] | length'), null, limits)) as unknown[]).length, 50);
  });

  it('with names of fields that are long are bounded by them too', async () => {
    const input = { ['k'.repeat(2_000)]: 1 };
    const limits = of('names', { [LARGEST]: 10_000 });
    const copies = `[${Array(20).fill('.').join(',')}]`;
    await assert.rejects(evaluateExpression(copies, input, limits), refused(/larger than 10000/));
    await assert.rejects(evaluateExpression('[range(20) as $n | .]', input, limits), refused(/larger than 10000/));
    await assert.rejects(evaluateDeep(Array(30).fill('${ . }'), input, limits), refused(/larger than 10000/));
  });

  it('let others have their turn among those of one value, however many they are and however small', async () => {
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    // Literals do nothing, and each result is small.
    await evaluateDeep(Array(60_000).fill('${ 1 }'), null, of('many'));
    isOver = true;
    assert.ok(turns > 0);
  });

  it('that are no number are read once, however long', async () => {
    const digits = `${'1'.repeat(400_000)}x`;
    await assert.rejects(evaluateExpression('tonumber', digits, of('digits')), refused(/cannot be parsed as a number/));
  });

  it('in which what follows would be compiled once and again are refused', async () => {
    const doubling = `${'. as [$a] ?// $a | '.repeat(40)}1`;
    await assert.rejects(evaluateExpression(doubling, null, of('doubling')), refused(/too much to compile/));
  });

  it('are read in time that grows with their length alone', () => {
    const blanks = `$secrets${' '.repeat(1_000_000)}`;
    assert.deepEqual(secretsIn(blanks), []);
    assert.deepEqual(secretsIn('$secrets.a + $secrets . b + $secrets["c"] + $secrets.["d"] + $secrets."e"'), [
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
  });
});
