/**
 * Which commands of a robot a claim has to look at, each kind by an index in its order and bounded, so that it reads no more when
 * a hundred thousand wait. Table: robots_commands.
 */
import type { Knex } from 'knex';
import type { Database } from '#core/plugin.ts';
import { OPEN, OPEN_BY_ROBOT } from './open-commands.ts';

export interface Ready {
  /** `fresh` and `again` are to be offered now; `under_way` was offered of late; `put_off` is not due yet. */
  kind: 'fresh' | 'again' | 'under_way' | 'put_off';
  robot: number;
  id: number;
  recipient: string;
  priority: number;
  offered_over: string | null;
  offered_at: number | null;
  due_at: number;
}

/** Times in ms since the epoch. */
export interface Window {
  now: number;
  /** What was offered before this and has no result is offered again. */
  repeatBefore: number;
  /** What was offered later than this was noted by a clock that was ahead, as what is put off for longer. */
  offeredUntil: number;
  putOffUntil: number;
  /** Of those that are offered. */
  most: number;
  mostUnderWay: number;
}

interface Statement {
  sql: string;
  bindings: Knex.RawBinding[];
}

/** A statement for all robots; SQLite, which has no lateral joins, gets one for each, of one text. */
export function readySql(client: Database['client'], robots: readonly number[], window: Window): Statement[] {
  if (client === 'pg') {
    const { sql, bindings } = ofRobot(null, 'robots_commands', window);
    return [
      {
        sql: `select ready.* from unnest(cast(? as bigint[])) as given(robot) cross join lateral (${sql}) as ready`,
        bindings: [[...robots] as never, ...bindings],
      },
    ];
  }
  return robots.map((robot) => ofRobot(robot, OPEN_BY_ROBOT.sqlite, window));
}

/** Null: of the robot that a table before it gives. */
function ofRobot(robot: number | null, byOrder: string, window: Window): Statement {
  const { now, most, mostUnderWay, repeatBefore, offeredUntil, putOffUntil } = window;
  const parts: [string, Knex.RawBinding[]][] = [
    part('fresh', byOrder, `${OPEN} and status = 'pending' and due_at = 0 and ${MAY_BE_SENT}`, 'priority desc, id'),
    part('again', COMMANDS, `status = 'pending' and due_at > 0 and due_at <= ?`, 'due_at', [now]),
    part('again', COMMANDS, `status = 'pending' and due_at > 0 and due_at > ?`, 'due_at', [putOffUntil]),
    part('again', COMMANDS, `status = 'dispatched' and offered_at <= ? and ${MAY_BE_SENT}`, 'offered_at', [
      repeatBefore,
    ]),
    part('again', COMMANDS, `status = 'dispatched' and offered_at > ? and ${MAY_BE_SENT}`, 'offered_at', [
      offeredUntil,
    ]),
    part('under_way', COMMANDS, `status = 'dispatched' and offered_at > ? and offered_at <= ?`, 'offered_at', [
      repeatBefore,
      offeredUntil,
    ]),
    part('put_off', COMMANDS, `status = 'pending' and due_at > 0 and due_at > ? and due_at <= ?`, 'due_at', [
      now,
      putOffUntil,
    ]),
  ];
  return {
    sql: parts.map(([sql]) => `select * from (${sql}) as part`).join(' union all '),
    bindings: parts.flatMap(([, bindings]) => bindings),
  };

  function part(
    kind: Ready['kind'],
    from: string,
    where: string,
    order: string,
    bindings: Knex.RawBinding[] = [],
  ): [string, Knex.RawBinding[]] {
    const limit = kind === 'fresh' || kind === 'again' ? most : mostUnderWay;
    return [
      `select '${kind}' as kind, robot, id, recipient, priority, offered_over, offered_at, due_at from ${from}
        where robot = ${robot === null ? 'given.robot' : '?'} and ${where} and expires_at > ? order by ${order} limit ?`,
      [...(robot === null ? [] : [robot]), ...bindings, now, limit],
    ];
  }
}

const COMMANDS = 'robots_commands';

/**
 * Of a broadcast nothing is offered while it is paused or after it was cancelled, nor to who wants to hear no more meanwhile.
 * A contact that was merged is asked for as what it became.
 */
const MAY_BE_SENT = `(source <> 'broadcast' or not exists (
  select 1 from robots_broadcast_recipients recipient
    join robots_broadcasts broadcast on broadcast.id = recipient.broadcast
    left join robots_contacts own on own.id = recipient.contact
    left join robots_contacts other on other.id = own.merged_into
   where recipient.command_id = robots_commands.command_id
     and (broadcast.state in ('paused', 'cancelled') or coalesce(other.opted_out, own.opted_out, 0) = 1
          or coalesce(other.consent, own.consent, '') = 'refused')))`;
