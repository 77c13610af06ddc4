/** Alerts, as pages ask for them. */
import { $api } from 'patchbay-platform/ui';

export const ALERTS = '/api/platform/alerts';
/** They are looked at every minute. */
const EVERY_MS = 30_000;

export function useAlerts() {
  return $api.useQuery('get', ALERTS, {}, { refetchInterval: EVERY_MS });
}

export type Alerts = NonNullable<ReturnType<typeof useAlerts>['data']>;
export type WatchedAlert = Alerts['items'][number];
export type AlertChannel = Alerts['channels'][number];

export type AlertWord = 'ok' | 'begun' | 'told' | 'paused';

/** Words of `State` for those of alerts. */
export const STATES = { ok: 'ok', begun: 'retrying', told: 'failed', paused: 'pending' } as const;

export function wordOf({ since, is_told, paused_until }: WatchedAlert): AlertWord {
  if (paused_until !== null) return 'paused';
  if (since === null) return 'ok';
  return is_told ? 'told' : 'begun';
}

const HOUR_MS = 3_600_000;
export const PAUSES = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;
