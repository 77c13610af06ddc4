/** How many a broadcast would reach, counted as it is frozen at the start, and stored nowhere. */
import type { Knex } from 'knex';
import type { RobotRow } from '../robots/tables.ts';
import { nextRecipients } from './audience.ts';
import type { Audience } from './audience-terms.ts';

export interface AudienceSize {
  recipients: number;
  /** Who is left out: on the list of exceptions, or wants to hear no more. */
  skipped: number;
  /** False: there are more than were looked at. */
  is_complete: boolean;
}

/** A look at the size costs no more than so many steps, of a thousand contacts each. */
const MOST_STEPS = 30;

export async function sizeOfAudience(
  on: Knex,
  tenantId: string,
  wish: { robots: readonly string[]; audience: Audience; excluded: readonly string[] },
  now: number,
): Promise<AudienceSize> {
  const senders: RobotRow[] = await on('robots_robots')
    .whereIn('robot_id', [...wish.robots])
    .where({ tenant_id: tenantId })
    .orderBy('id');
  const newest = await on('robots_contacts').where({ tenant_id: tenantId }).max({ id: 'id' }).first();
  const row = {
    tenant_id: tenantId,
    audience: JSON.stringify(wish.audience),
    excluded: JSON.stringify(wish.excluded),
    contacts_until: Number(newest?.id ?? 0),
    contacts_done: 0,
    names_done: 0,
    started_at: now,
  };
  const size: AudienceSize = { recipients: 0, skipped: 0, is_complete: senders.length === 0 };
  /** As it is stored: each name once on the robot that knows it, and each contact once. */
  const known = new Set<string>();
  for (let step = 0; step < MOST_STEPS && !size.is_complete; step++) {
    const { recipients, isLast, ...done } = await nextRecipients(on, row, senders);
    for (const { robot, name, contact, state } of recipients) {
      const keys = [`${robot} ${name}`, ...(contact === null ? [] : [String(contact)])];
      if (keys.some((key) => known.has(key))) continue;
      for (const key of keys) known.add(key);
      size[state === 'skipped' ? 'skipped' : 'recipients']++;
    }
    Object.assign(row, done);
    size.is_complete = isLast;
  }
  return size;
}
