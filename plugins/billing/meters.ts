/** Meters and the names of their limits: what the document calls them, and what follows for others. */
import type { Catalogue, Meter } from '#core/plugin.ts';
import { billingErrors } from './errors.ts';

/** The five of the document. Other plugins may declare them too, or more of their own. */
export const DOCUMENTED_METERS: readonly Meter[] = [
  { name: 'sessions', summary: 'Messaging sessions', period: 'current' },
  { name: 'messages', summary: 'Messages sent', period: 'month' },
  { name: 'groups', summary: 'Groups', period: 'current' },
  { name: 'labels', summary: 'Labels', period: 'current' },
  { name: 'ai_replies', summary: 'Answers by AI', period: 'month' },
];

/** Of billing itself: what the document does not have. */
export const API_REQUESTS = 'api_requests';
export const OWN_METERS: readonly Meter[] = [
  { name: API_REQUESTS, summary: 'Requests with credentials', period: 'month' },
];

export const REQUESTS_PER_MINUTE = 'requests_per_minute';
export const UNLIMITED = -1;

export type Limits = Record<string, number>;

export interface MeterList {
  all: readonly Meter[];
  /** Whether this server counts it; the others are counted by programs that call it. */
  isCounted(name: string): boolean;
  /** Throws `unknown_meter`. */
  named(name: string): Meter;
  /** Every name that a plan's limits may hold. */
  limitNames: readonly string[];
  /** Throws `unknown_limit`. */
  checkLimits(limits: Readonly<Limits>): void;
}

/** Declared twice is declared once: the first declaration counts. */
export function meterList(catalogue: Catalogue): MeterList {
  const byName = new Map<string, Meter>();
  for (const meter of [...DOCUMENTED_METERS, ...catalogue.meters]) {
    if (!byName.has(meter.name)) byName.set(meter.name, meter);
  }
  const all = [...byName.values()];
  const limitNames = [...all.map(limitNameOf), REQUESTS_PER_MINUTE];
  return {
    all,
    isCounted: (name) => catalogue.meters.some((meter) => meter.name === name && !DOCUMENTED_METERS.includes(meter)),
    named(name) {
      const meter = byName.get(name);
      if (!meter) throw billingErrors.unknown_meter({ message: `There is no meter '${name}'`, extra: { meter: name } });
      return meter;
    },
    limitNames,
    checkLimits(limits) {
      for (const name of Object.keys(limits)) {
        if (!limitNames.includes(name))
          throw billingErrors.unknown_limit({
            message: `There is no limit '${name}'; there are ${limitNames.join(', ')}`,
          });
      }
    },
  };
}

/** `max_messages_per_month`, `max_sessions`; AI replies are an exception of the document. */
export function limitNameOf({ name, period }: Meter): string {
  if (name === 'ai_replies') return 'ai_replies_per_month';
  return period === 'month' ? `max_${name}_per_month` : `max_${name}`;
}

/** `messages_this_month`, `sessions` */
export function usageNameOf({ name, period }: Meter): string {
  return period === 'month' ? `${name}_this_month` : name;
}

/** A limit that is not named is unlimited. */
export function limitOf(limits: Readonly<Limits>, name: string): number {
  return limits[name] ?? UNLIMITED;
}
