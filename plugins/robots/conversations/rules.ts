/** What holds for the conversations of a tenant: its settings, remembered until somebody changes one. */

import { concernsTenants, createRemembered, PRINCIPALS_CHANGED } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { closedUntil } from './hours.ts';
import type { InboxSettings, WorkingHours } from './settings.ts';

export interface InboxRules extends InboxSettings {
  /** End of the hours in which nobody is there; null while somebody is. */
  closedUntil: number | null;
}

export interface InboxRulesByTenant {
  /** Of a tenant that is gone: nothing is set. */
  of(tenantId: string): Promise<InboxRules>;
}

interface Known {
  settings: InboxSettings;
  /** The answer to the last question after working hours, which holds until the quarter of an hour is over. */
  closed: { asked: number; until: number | null } | null;
}

const ASKED_EVERY_MS = 60_000;

export function createInboxRules({
  clock,
  notices,
  people,
  tenantSettings,
}: Services & Pick<AuthServices, 'people' | 'tenantSettings'>): InboxRulesByTenant {
  const remembered = createRemembered<Known>({
    notices,
    topic: PRINCIPALS_CHANGED,
    isConcerned: concernsTenants,
    async load(tenantId) {
      const isThere = (await people.tenantByUuid(tenantId)) !== null;
      return { settings: settingsOf(isThere ? await tenantSettings.read(tenantId) : {}), closed: null };
    },
  });

  return {
    async of(tenantId) {
      const found = await remembered.of(tenantId);
      return { ...found.settings, closedUntil: closedOf(found, clock.now()) };
    },
  };
}

function closedOf(found: Known, now: number): number | null {
  const { hours } = found.settings;
  if (hours === null) return null;
  const { closed } = found;
  if (closed && closed.asked <= now && now < closed.asked + ASKED_EVERY_MS) return closed.until;
  const until = closedUntil(hours, now);
  found.closed = { asked: now, until };
  return until;
}

/** The values have been checked by the schemas when they were set. */
function settingsOf(values: Readonly<Record<string, unknown>>): InboxSettings {
  return {
    messageDays: Number(values.robots_message_days ?? 0),
    hours: (values.robots_working_hours ?? null) as WorkingHours | null,
    assignsByAnswering: values.robots_assign_by_answering !== false,
    rating: (values.robots_rating ?? null) as InboxSettings['rating'],
  };
}
