/** What the form says starts a workflow is what stands in the text, and what was written otherwise is left alone. */
import assert from 'node:assert/strict';
import { addedConditions, entryOf, quickValue, withQuick } from '#plugins/workflows/ui/editor/triggers/entries.ts';
import {
  eventConditionOf,
  eventTypeOf,
  hookChange,
  inputChange,
  scheduleOf,
  type Trigger,
  triggerOf,
  withFirstData,
  zoneChange,
} from '#plugins/workflows/ui/editor/triggers/trigger.ts';

type Said = Exclude<Trigger, { kind: 'other' }>;

const SAID: readonly [Said, unknown][] = [
  [{ kind: 'call' }, undefined],
  [{ kind: 'every', amount: 10, unit: 'minutes' }, { every: { minutes: 10 } }],
  [{ kind: 'at', time: '08:05', days: [], zone: 'UTC' }, { cron: '5 8 * * *' }],
  [{ kind: 'at', time: '17:30', days: [1, 5], zone: 'UTC' }, { cron: '30 17 * * 1,5' }],
  [{ kind: 'event', type: 'mail.received', conditions: [] }, { on: { one: { with: { type: 'mail.received' } } } }],
  [
    {
      kind: 'event',
      type: 'mail.received',
      conditions: [
        { field: 'subject', operator: 'contains', value: 'a "quoted" \\ and (odd) one' },
        { field: 'mailbox', operator: 'is', value: 'ada@example.com' },
        { field: 'size_bytes', operator: 'above', value: 1000.5 },
        { field: 'is_automatic', operator: 'is', value: false },
        { field: 'attachments', operator: 'some', value: 1 },
        { field: 'valid_until', operator: 'below', value: 5 },
      ],
    },
    {
      on: {
        one: {
          with: {
            type: 'mail.received',
            data: [
              String.raw`\${ (.subject // "" | ascii_downcase | contains("a \"quoted\" \\ and (odd) one"))`.slice(1),
              '.mailbox == "ada@example.com"',
              '.size_bytes > 1000.5',
              '.is_automatic == false',
              '.attachments >= 1',
              '(.valid_until != null and .valid_until < 5) }',
            ].join(' and '),
          },
        },
      },
    },
  ],
];
const OTHERWISE: readonly unknown[] = [
  'often',
  { after: { hours: 1 } },
  { every: { minutes: 1, seconds: 30 } },
  { every: 'PT5M' },
  { cron: '*/5 * * * *' },
  { cron: '0 8 1 * *' },
  { cron: '99 8 * * *' },
  { every: { minutes: 5 }, cron: '0 8 * * *' },
  { on: { any: [{ with: { type: 'a' } }] } },
  { on: { one: { with: { type: 'a' }, correlate: { order: { from: '.data.order' } } } } },
  { on: { one: { with: { type: 'a', source: 'https://shop.example' } } } },
  { on: { one: { with: { type: 'a', data: '.x == 1' } } } },
  { on: { one: { with: { type: 'a', data: '${ .x == 1 or .y == 2 }' } } } },
  { on: { one: { with: { type: 'a', data: '${ .x == 1 and }' } } } },
  { on: { one: { with: { type: 'a', data: '${ .x >= 2 }' } } } },
  { on: { one: { with: { type: 'a', data: '${ (.x | length) > 1 }' } } } },
  { on: { one: { with: { type: 'a', data: '${ .x == "\\(.other)" }' } } } },
  { on: { one: { with: { type: 'a', data: '${ .x == 007 }' } } } },
  { on: { one: { with: { type: 'a', data: '${ .x == "a\nb" }' } } } },
  { on: { one: { with: { type: 'a', data: '${ .x < 5 }' } } } },
  { on: { one: { with: { type: 'a', data: '${ (.x // "" | ascii_downcase | contains("ABC")) }' } } } },
];

describe('triggers', () => {
  for (const [trigger, schedule] of SAID)
    it(`are written and read again: ${JSON.stringify(schedule)}`, () => {
      assert.deepEqual(scheduleOf(trigger), schedule);
      assert.deepEqual(triggerOf({ ...(schedule !== undefined && { schedule }) }), trigger);
    });

  it('lower what `ascii_downcase` lowers, and nothing else', () => {
    const conditions = [{ field: 'subject', operator: 'contains', value: 'ÜBERGABE' }] as const;
    const { data } = (scheduleOf({ kind: 'event', type: 'a', conditions }) as any).on.one.with;
    assert.ok(data.includes('contains("Übergabe")'), data);
  });

  it('know the zone of their time', () => {
    const document = { metadata: { patchbay: { timezone: 'Europe/Berlin' } } };
    const found = triggerOf({ document, schedule: { cron: '0 8 * * *' } });
    assert.deepEqual(found, { kind: 'at', time: '08:00', days: [], zone: 'Europe/Berlin' });
  });

  it('write the zone with what is missing on the way to it', () => {
    const berlin = { timezone: 'Europe/Berlin' };
    const path = ['document', 'metadata', 'patchbay', 'timezone'];
    const wish = (document: object) => zoneChange({ document }, 'Europe/Berlin');
    assert.deepEqual(wish({}), { path: path.slice(0, 2), value: { patchbay: berlin } });
    assert.deepEqual(wish({ metadata: {} }), { path: path.slice(0, 3), value: berlin });
    assert.deepEqual(wish({ metadata: { patchbay: { timezone: 'Asia/Tokyo' } } }), { path, value: 'Europe/Berlin' });
    assert.equal(wish({ metadata: { patchbay: berlin } }), null);
    assert.equal(zoneChange({ document: {} }, 'UTC'), null);
    assert.deepEqual(zoneChange({ document: { metadata: { patchbay: berlin } } }, 'UTC'), { path, value: undefined });
  });

  it('open an address for calls, for everybody or for who signs, and close it again', () => {
    const hook = ['document', 'metadata', 'patchbay', 'hook'];
    const opened = { document: { metadata: { patchbay: { hook: true } } } };
    assert.deepEqual(triggerOf(opened), { kind: 'call', hook: true });
    const hand = { kind: 'call' } as const;
    const signed = { kind: 'call', hook: { secret: 'shop' } } as const;
    assert.deepEqual(hookChange({ document: {} }, hand, { kind: 'call', hook: true }), {
      path: hook.slice(0, 2),
      value: { patchbay: { hook: true } },
    });
    assert.deepEqual(hookChange(opened, { kind: 'call', hook: true }, signed), {
      path: hook,
      value: { secret: 'shop' },
    });
    assert.deepEqual(hookChange(opened, { kind: 'call', hook: true }, hand), { path: hook, value: undefined });
    assert.equal(hookChange({}, hand, hand), null);
    // What was opened beside an event stays open when its conditions change.
    const event = { kind: 'event', type: 'a', conditions: [] } as const;
    assert.equal(hookChange(opened, event, { ...event, type: 'b' }), null);
    assert.deepEqual(hookChange(opened, { kind: 'call', hook: true }, event), { path: hook, value: undefined });
  });

  it('give the first step what an event carries, unless somebody has said what it gets', () => {
    const event = { kind: 'event', type: 'a', conditions: [] } as const;
    const ours = { from: '.[0].data' };
    assert.deepEqual(inputChange({}, event), { path: ['input'], value: ours });
    assert.equal(inputChange({ input: { from: '.x' } }, event), null);
    assert.deepEqual(inputChange({ input: ours }, { kind: 'call' }), { path: ['input'], value: undefined });
    assert.equal(inputChange({ input: { ...ours, schema: {} } }, { kind: 'call' }), null);
    const raw = [{ type: 'a', data: { x: 1 } }];
    assert.deepEqual(withFirstData({ input: ours }, raw, { x: 2 }), [{ type: 'a', data: { x: 2 } }]);
    assert.deepEqual(withFirstData({}, raw, { x: 2 }), { x: 2 });
  });

  it('are known by what people call them, also when a condition is written otherwise', () => {
    const odd = { schedule: { on: { one: { with: { type: 'mail.received', data: '${ .x or .y }' } } } } };
    assert.equal(eventTypeOf(odd), 'mail.received');
    assert.equal(eventConditionOf(odd), '${ .x or .y }');
    assert.equal(eventConditionOf({ schedule: { on: { one: { with: { type: 'a', data: { x: 1 } } } } } }), null);
    assert.equal(entryOf(triggerOf(odd), eventTypeOf(odd)), 'mail');
    assert.equal(entryOf({ kind: 'call' }, null), 'hand');
    const mail = withQuick({ kind: 'event', type: 'mail.received', conditions: [] }, 'subject', 'contains', 'a');
    assert.equal(quickValue(mail, 'subject', 'contains'), 'a');
    assert.deepEqual(addedConditions(mail), []);
    assert.deepEqual(withQuick(mail, 'subject', 'contains', '').conditions, []);
    const twice = { ...mail, conditions: [...mail.conditions, ...mail.conditions] };
    assert.equal(addedConditions(twice).length, 1);
  });

  for (const schedule of OTHERWISE)
    it(`leave to people what is written otherwise: ${JSON.stringify(schedule)}`, () => {
      assert.deepEqual(triggerOf({ schedule }), { kind: 'other' });
    });
});
