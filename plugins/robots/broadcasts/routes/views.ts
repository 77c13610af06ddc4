/** How broadcasts, their recipients and scheduled messages are shown. */

import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { versionOf } from '#core/plugin.ts';
import type { StoredResult } from '../../commands/results.ts';
import type { CommandRow } from '../../commands/tables.ts';
import type { RobotRow } from '../../robots/tables.ts';
import { Audience } from '../audience-terms.ts';
import { termsOf } from '../broadcasts.ts';
import { waitingOf } from '../progress.ts';
import type { BroadcastRow, RecipientRow, ScheduledMessageRow } from '../tables.ts';

const Time = Type.Union([Type.String(), Type.Null()]);
const Count = Type.Integer();
const Strings = Type.Array(Type.String());

export const BROADCAST_STATES = ['draft', 'running', 'paused', 'finished', 'cancelled'] as const;
export const RECIPIENT_STATES = ['waiting', 'sent', 'succeeded', 'failed', 'unknown', 'skipped'] as const;
export const SCHEDULE_STATES = ['active', 'done', 'missed', 'cancelled'] as const;

export const BroadcastItem = Type.Object({
  id: Type.String(),
  name: Type.String(),
  content: Type.String(),
  robots: Strings,
  per_minute: Type.Integer({ description: 'Messages a minute of each robot' }),
  state: Type.Enum([...BROADCAST_STATES]),
  reason: Type.String({
    description:
      'Why it was paused automatically: `limit_exceeded`, `sender_refused`: the sender no longer has permission',
  }),
  total: Count,
  waiting: Count,
  sent: Count,
  succeeded: Count,
  failed: Count,
  skipped: Count,
  unknown: Type.Integer({ description: 'Offered to the robot, and never reported: they may have had it' }),
  created_at: Type.String(),
  started_at: Time,
  ended_at: Time,
});

export const BroadcastView = Type.Object({
  ...BroadcastItem.properties,
  audience: Audience,
  excluded: Strings,
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export const RecipientItem = Type.Object({
  name: Type.String(),
  robot_id: Type.String(),
  state: Type.Enum([...RECIPIENT_STATES]),
  reason: Type.String({
    description:
      'Why it failed or was skipped: `opted_out`, `consent_refused`, `excluded`, `cancelled`, `robot_deleted`, or what the robot said',
  }),
  error_code: Type.Union([Type.Integer(), Type.Null()], { description: 'What the robot answered, when it failed' }),
  command_id: Type.Union([Type.String(), Type.Null()]),
  changed_at: Type.String(),
});

export const ScheduleView = Type.Object({
  id: Type.String(),
  robot_id: Type.String(),
  names: Strings,
  content: Type.String(),
  cron: Time,
  zone: Type.String(),
  state: Type.Enum([...SCHEDULE_STATES]),
  next_at: Type.Union([Type.String(), Type.Null()], { description: 'When it is sent next' }),
  last_at: Time,
  last_outcome: Type.Union([Type.Enum(['sent', 'missed', 'failed']), Type.Null()]),
  last_reason: Type.String(),
  created_at: Type.String(),
});

export function broadcastItem(row: BroadcastRow): Static<typeof BroadcastItem> {
  const { uuid: id, name, content, per_minute, state, reason, total, sent, succeeded, failed, unknown, skipped } = row;
  return {
    id,
    name,
    content,
    robots: JSON.parse(row.robots),
    per_minute,
    state,
    reason,
    total,
    waiting: waitingOf(row),
    sent,
    succeeded,
    failed,
    unknown,
    skipped,
    created_at: isoSeconds(row.created_at),
    started_at: isoSeconds(row.started_at),
    ended_at: isoSeconds(row.ended_at),
  };
}

export function broadcastView(row: BroadcastRow): Static<typeof BroadcastView> {
  return {
    ...broadcastItem(row),
    audience: JSON.parse(row.audience),
    excluded: JSON.parse(row.excluded),
    version: versionOf(termsOf(row)),
  };
}

/** With its robot, and with what that robot answered. */
export type ListedRecipient = RecipientRow & Pick<RobotRow, 'robot_id'> & Pick<CommandRow, 'result'>;

export function recipientItem(row: ListedRecipient): Static<typeof RecipientItem> {
  const { name, robot_id, state, reason, result, command_id, changed_at } = row;
  const answer: StoredResult | null = result === null ? null : JSON.parse(result);
  const error_code = state === 'failed' && answer ? answer.errorCode : null;
  return { name, robot_id, state, reason, error_code, command_id, changed_at: isoSeconds(changed_at) };
}

export function scheduleView(row: ScheduledMessageRow & { robot_id: string }): Static<typeof ScheduleView> {
  const { uuid: id, robot_id, content, cron, zone, state, last_outcome, last_reason } = row;
  return {
    id,
    robot_id,
    names: JSON.parse(row.names),
    content,
    cron,
    zone,
    state,
    last_outcome,
    last_reason,
    next_at: isoSeconds(row.next_at),
    last_at: isoSeconds(row.last_at),
    created_at: isoSeconds(row.created_at),
  };
}
