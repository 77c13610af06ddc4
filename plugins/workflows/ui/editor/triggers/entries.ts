/** What one is asked first: "When should it begin?", in the words of what happens. */
import type { Condition, Operator, Trigger } from './trigger.ts';

const ENTRIES = ['mail', 'message', 'at', 'every', 'call', 'licence', 'payment', 'event', 'hand'] as const;
export type Entry = (typeof ENTRIES)[number];

export type Chosen = Exclude<Trigger, { kind: 'other' }>;
export type EventTrigger = Extract<Trigger, { kind: 'event' }>;

/** Types that an entry offers; the first one is what it begins with. */
export const TYPES: Partial<Record<Entry, readonly string[]>> = {
  mail: ['mail.received'],
  message: ['robot.message'],
  licence: [
    'licence.issued',
    'licence.expiring',
    'licence.expired',
    'licence.activated',
    'licence.revoked',
    'licence.abused',
  ],
  payment: ['invoice.paid', 'invoice.failed', 'invoice.refunded', 'invoice.disputed', 'subscription.created'],
};

/** What is asked of it at once; anything else is a condition that one adds. */
export const QUICK: Readonly<Record<string, readonly { field: string; operator: Operator }[]>> = {
  'mail.received': [
    { field: 'mailbox', operator: 'is' },
    { field: 'from', operator: 'contains' },
    { field: 'subject', operator: 'contains' },
  ],
  'robot.message': [
    { field: 'robot_id', operator: 'is' },
    { field: 'text', operator: 'contains' },
  ],
};

/** What is asked of it by a tick: that there is one of what a field counts. */
export const SOME: Readonly<Record<string, readonly string[]>> = { 'mail.received': ['attachments'] };

/** `type`: of the event that starts it, if one does. */
export function entryOf(trigger: Trigger, type: string | null): Entry {
  if (trigger.kind === 'at' || trigger.kind === 'every') return trigger.kind;
  if (trigger.kind === 'call') return trigger.hook ? 'call' : 'hand';
  if (type === null) return 'hand';
  return ENTRIES.find((entry) => TYPES[entry]?.includes(type)) ?? 'event';
}

/** What an entry begins with; `types` are those that there are here. */
export function begun(entry: Entry, types: readonly string[], zone: string): Chosen {
  if (entry === 'at') return { kind: 'at', time: '08:00', days: [], zone };
  if (entry === 'every') return { kind: 'every', amount: 10, unit: 'minutes' };
  if (entry === 'call') return { kind: 'call', hook: true };
  if (entry === 'hand') return { kind: 'call' };
  const known = TYPES[entry]?.find((type) => types.includes(type)) ?? types[0] ?? '';
  return { kind: 'event', type: known, conditions: [] };
}

/** Those that the plugins here can keep. */
export function entriesFor(types: readonly string[]): Entry[] {
  return ENTRIES.filter((entry) => TYPES[entry]?.some((type) => types.includes(type)) ?? true);
}

/** The value of a field that is asked at once; '' where nothing is said of it. */
export function quickValue({ conditions }: EventTrigger, field: string, operator: Operator): string {
  const found = conditions.find((one) => one.field === field && one.operator === operator);
  return typeof found?.value === 'string' ? found.value : '';
}

export function withQuick(trigger: EventTrigger, field: string, operator: Operator, value: string): EventTrigger {
  const others = trigger.conditions.filter((one) => !(one.field === field && one.operator === operator));
  const own: Condition = { field, operator, value };
  return { ...trigger, conditions: value === '' ? others : [...others, own] };
}

export function hasSome({ conditions }: EventTrigger, field: string): boolean {
  return conditions.some((one) => one.field === field && one.operator === 'some');
}

export function withSome(trigger: EventTrigger, field: string, isWanted: boolean): EventTrigger {
  const others = trigger.conditions.filter((one) => !(one.field === field && one.operator === 'some'));
  const own: Condition = { field, operator: 'some', value: 1 };
  return { ...trigger, conditions: isWanted ? [...others, own] : others };
}

/** Conditions that people have added, with their places among all. */
export function addedConditions({ type, conditions }: EventTrigger): { condition: Condition; place: number }[] {
  const quick = QUICK[type] ?? [];
  const seen = new Set<string>();
  return conditions.flatMap((condition, place) => {
    if (condition.operator === 'some' && SOME[type]?.includes(condition.field)) return [];
    const key = `${condition.field} ${condition.operator}`;
    const isQuick = quick.some(({ field, operator }) => field === condition.field && operator === condition.operator);
    // Of two for the same field, the first one stands in the field.
    const isShown = isQuick && typeof condition.value === 'string' && condition.value !== '' && !seen.has(key);
    if (isShown) seen.add(key);
    return isShown ? [] : [{ condition, place }];
  });
}
