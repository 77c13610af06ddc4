/** The table of states of a subscription: which moves there are, and what is told of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  eventOfMove,
  mayMove,
  type StatusBefore,
  SUBSCRIPTION_MOVES,
  type SubscriptionMove,
} from '#plugins/billing/subscriptions/transitions.ts';

const AFTER = ['trialing', 'active', 'past_due', 'canceled'] as const;
const BEFORE = ['none', ...AFTER] as const satisfies StatusBefore[];
const MOVES = Object.keys(SUBSCRIPTION_MOVES) as SubscriptionMove[];
const pairs = BEFORE.flatMap((before) => AFTER.map((after) => ({ before, after })));
/** Who may take a subscription from one state to another. */
const movesBetween = (before: StatusBefore, after: (typeof AFTER)[number]) =>
  MOVES.filter((move) => mayMove(move, before, after));

describe('the states of a subscription', () => {
  it('are entered by these moves, and by no other', () => {
    const table = Object.fromEntries(
      pairs
        .filter(({ before, after }) => before !== after)
        .map(({ before, after }) => [`${before} → ${after}`, movesBetween(before, after).join(' ')]),
    );
    assert.deepEqual(table, {
      'none → trialing': 'try begin',
      'none → active': 'pay chooseFree grant begin',
      'none → past_due': 'begin',
      'none → canceled': '',
      'trialing → active': 'pay change chooseFree grant follow',
      'trialing → past_due': 'follow',
      'trialing → canceled': 'cancel lapse follow lose',
      'active → trialing': 'takeBack follow',
      'active → past_due': 'renew takeBack follow',
      'active → canceled': 'cancel lapse follow lose',
      'past_due → trialing': 'takeBack follow',
      'past_due → active': 'pay change chooseFree grant settle takeBack follow',
      'past_due → canceled': 'cancel lapse follow lose',
      'canceled → trialing': 'takeBack follow',
      'canceled → active': 'pay change chooseFree grant takeBack follow',
      'canceled → past_due': 'takeBack follow',
    });
  });

  it('begin a trial once alone, and end by nobody what never was', () => {
    for (const before of AFTER) assert.ok(!mayMove('try', before, 'trialing'), before);
    assert.deepEqual(movesBetween('none', 'canceled'), []);
  });

  it('stay what they are when something else changes', () => {
    for (const { before, after } of pairs) assert.equal(mayMove('keep', before, after), before === after);
  });

  it('are told as begun, ended or changed', () => {
    const told = (type: string) =>
      pairs.filter(
        ({ before, after }) => eventOfMove(before, after) === type && movesBetween(before, after).length > 0,
      );
    assert.ok(told('subscription.created').every(({ before }) => before === 'none' || before === 'canceled'));
    assert.deepEqual(
      told('subscription.canceled').map(({ before, after }) => `${before} → ${after}`),
      ['trialing → canceled', 'active → canceled', 'past_due → canceled'],
    );
    assert.equal(eventOfMove('canceled', 'canceled'), 'subscription.updated');
    assert.equal(eventOfMove('canceled', 'active'), 'subscription.created');
    assert.equal(told('subscription.created').length, 6);
  });

  it('are drawn with no arrow that the table does not have', () => {
    const map = readFileSync(new URL('../../../docs/states.md', import.meta.url), 'utf8');
    const section = map.split(/^## /m).find((text) => text.startsWith('Subscription\n')) ?? '';
    const drawn = [...section.matchAll(/^ {2}(\S+) --> (\w+)/gm)].map(([, from, to]) => `${from} → ${to}`);
    const known = new Set(
      pairs
        .filter(({ before, after }) => movesBetween(before, after).length > 0)
        .map(({ before, after }) => `${before === 'none' ? '[*]' : before} → ${after}`),
    );
    assert.ok(drawn.length > 6);
    assert.deepEqual(
      drawn.filter((arrow) => !known.has(arrow)),
      [],
    );
  });
});
