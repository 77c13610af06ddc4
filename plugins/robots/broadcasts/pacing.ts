/**
 * Sending broadcasts, each robot at its pace: a step takes the next recipients of one broadcast, and their commands are stored
 * in the transaction that claims them, so that nobody gets it twice and nobody is left out, whichever process dies. A robot has
 * one step that counts; it plans the next. Tables: robots_paces, robots_broadcast_recipients.
 */

import type { Room } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { Suspensions } from '#plugins/auth/contract.ts';
import { OPEN } from '../commands/open-commands.ts';
import { textCommand } from '../commands/text-command.ts';
import type { RobotCommands } from '../contract.ts';
import { refusalOf } from '../conversations/identity/consent.ts';
import { contactsOfKeys } from '../conversations/identity/known-contacts.ts';
import type { ContactRow } from '../conversations/tables.ts';
import { withVariables } from '../conversations/variables.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import { isOnline } from '../robots/presence.ts';
import type { RobotRow } from '../robots/tables.ts';
import type { BroadcastProgress } from './progress.ts';
import type { BroadcastSenders } from './senders.ts';
import { broadcastStates, recipientStates } from './states.ts';
import type { BroadcastRow, PaceRow, RecipientRow } from './tables.ts';

export interface PaceJob {
  robot: number;
  step: number;
}

export interface BroadcastPacing {
  /** The robot goes on sending, as soon as its pace allows. */
  begin(trx: Transaction, robot: number): Promise<void>;
  step(job: PaceJob): Promise<void>;
  /** Begins again for robots whose step was lost; gives how many. */
  resumeLost(): Promise<number>;
}

export const PACE_JOB = 'robots.sendBroadcasts';
const MINUTE_MS = 60_000;
/** A step that is so late was lost: its job has become a dead letter. */
const LOST_MS = 5 * MINUTE_MS;
/** Recipients of a deleted robot that are given up in a step. */
const GIVEN_UP_AT_ONCE = 500;
/** Answers to people go before them. */
const PRIORITY = 0;
/** So much is stored for a robot that is away. */
const MINUTES_AHEAD = 5;
/** Of a pace: nothing is planned. */
const PARKED = 0;

export function createBroadcastPacing({
  db,
  clock,
  jobs,
  usage,
  suspensions,
  robotCommands,
  broadcastProgress,
  broadcastSenders,
}: Services & {
  suspensions: Suspensions;
  robotCommands: RobotCommands;
  broadcastProgress: BroadcastProgress;
  broadcastSenders: BroadcastSenders;
}): BroadcastPacing {
  return {
    begin,
    async step({ robot, step }) {
      const { room, isSuspended, refused } = await circumstancesOf(robot);
      await db.transaction(async (trx) => {
        const pace = await trx('robots_paces').where({ robot }).forUpdate().first();
        if (pace?.step !== step) return;
        if (isSuspended) return park(trx, pace);
        const next_at = soonOf(pace.next_at, clock.now());
        if (next_at > clock.now()) return plan(trx, { ...pace, next_at });
        const broadcast = await nextBroadcast(trx, pace);
        if (broadcast === null) return;
        if (room === 'none') await pauseFor(trx, broadcast, 'limit_exceeded');
        else if (refused.has(senderOf(broadcast))) await pauseFor(trx, broadcast, 'sender_refused');
        else if (await isFarBehind(trx, pace, broadcast)) await park(trx, pace);
        else await sendSome(trx, pace, broadcast);
      });
    },
    async resumeLost() {
      const now = clock.now();
      const lost: ({ robot: number; tenant_id: string; next_at: number } & Pick<
        RobotRow,
        'status' | 'is_online' | 'seen_at'
      >)[] = await db
        .read('robots_paces as pace')
        .join('robots_robots as robot', 'robot.id', 'pace.robot')
        .where((either) => either.where('pace.next_at', '<', now - LOST_MS).orWhere('pace.next_at', '>', now + LOST_MS))
        .whereExists((waiting) =>
          waiting
            .select(db.read.raw('1'))
            .from('robots_broadcast_recipients as recipient')
            .join('robots_broadcasts as own', 'own.id', 'recipient.broadcast')
            .whereRaw('recipient.robot = pace.robot')
            .where({ 'recipient.state': 'waiting', 'own.state': 'running' })
            .whereNotNull('own.frozen_at'),
        )
        .select('pace.robot', 'robot.tenant_id', 'robot.status', 'robot.is_online', 'robot.seen_at', 'pace.next_at');
      let resumed = 0;
      for (const { robot, tenant_id, next_at, ...state } of lost) {
        const isParked = next_at === PARKED && state.status === 'active' && !isOnline(state, now);
        if (isParked || (await suspensions.of(tenant_id))) continue;
        await db.transaction((trx) => begin(trx, robot));
        resumed++;
      }
      return resumed;
    },
  };

  async function begin(trx: Transaction, robot: number): Promise<void> {
    const now = clock.now();
    await trx('robots_paces').insert({ robot, next_at: now, step: 0, broadcast: 0 }).onConflict('robot').ignore();
    const pace = await trx('robots_paces').where({ robot }).forUpdate().first();
    if (pace) await plan(trx, { ...pace, next_at: Math.max(soonOf(pace.next_at, now), now) });
  }

  /** The only step that counts from now on. */
  async function plan(trx: Transaction, { robot, step, next_at, broadcast }: PaceRow): Promise<void> {
    await trx('robots_paces')
      .where({ robot })
      .update({ step: step + 1, next_at, broadcast });
    const job: PaceJob = { robot, step: step + 1 };
    await jobs.enqueue(trx, PACE_JOB, job, { runAt: next_at, lane: String(robot) });
  }

  /** Nothing is sent until `resumeLost` finds that the robot is there again, and its tenant active. */
  async function park(trx: Transaction, { robot, step }: PaceRow): Promise<void> {
    await trx('robots_paces')
      .where({ robot })
      .update({ step: step + 1, next_at: PARKED });
  }

  /** What is asked before the transaction: of the tenant, and of those who have broadcasts sent. */
  async function circumstancesOf(robot: number): Promise<Circumstances> {
    const row = await db.read('robots_robots').where({ id: robot }).first('tenant_id', 'user_id');
    if (!row) return { room: 'unlimited', isSuspended: false, refused: new Set() };
    const running = await db
      .read('robots_broadcasts')
      .where({ tenant_id: row.tenant_id, state: 'running' })
      .distinct('sender', 'user_id');
    const refused = new Set<number>();
    for (const sender of new Set(running.map(senderOf)))
      if (!(await broadcastSenders.maySend(sender, row))) refused.add(sender);
    const room = await usage.room(row.tenant_id, ROBOT_COMMANDS);
    return { room, isSuspended: await suspensions.of(row.tenant_id), refused };
  }

  /** A robot that is away gets some minutes' worth stored, and the rest when it is there. */
  async function isFarBehind(trx: Transaction, { robot }: PaceRow, { per_minute }: BroadcastRow): Promise<boolean> {
    const row = await trx('robots_robots').where({ id: robot }).first('status', 'is_online', 'seen_at');
    if (row?.status !== 'active' || isOnline(row, clock.now())) return false;
    const most = per_minute * MINUTES_AHEAD;
    const stored = await trx('robots_commands')
      .where({ robot, source: 'broadcast' })
      .whereRaw(OPEN)
      .orderBy('id')
      .limit(most)
      .pluck('id');
    return stored.length >= most;
  }

  /** Broadcasts that wait for the robot take turns. It is locked: who pauses it comes before or after. */
  async function nextBroadcast(trx: Transaction, { robot, broadcast }: PaceRow): Promise<BroadcastRow | null> {
    const waiting = () =>
      trx('robots_broadcasts as own')
        .where({ 'own.state': 'running' })
        .whereNotNull('own.frozen_at')
        .whereExists((recipients) =>
          recipients
            .select(trx.raw('1'))
            .from('robots_broadcast_recipients as recipient')
            .whereRaw(`recipient.broadcast = own.id and recipient.state = 'waiting'`)
            .where('recipient.robot', robot),
        )
        .whereIn('own.tenant_id', trx('robots_robots').where({ id: robot }).select('tenant_id'))
        .orderBy('own.id');
    const found =
      (await waiting().where('own.id', '>', broadcast).first('own.id')) ?? (await waiting().first('own.id'));
    if (!found) return null;
    const row = await trx('robots_broadcasts').where({ id: found.id, state: 'running' }).forUpdate().first();
    // It was paused a moment ago: the next look finds others.
    return row ?? nextBroadcast(trx, { robot, broadcast: found.id, next_at: 0, step: 0 });
  }

  async function sendSome(trx: Transaction, pace: PaceRow, broadcast: BroadcastRow): Promise<void> {
    const robot = await trx('robots_robots').where({ id: pace.robot }).first();
    if (robot?.status !== 'active') return giveUp(trx, pace, broadcast);
    const some = Math.max(1, Math.floor(broadcast.per_minute / 60));
    const rows = await waitingOf(trx, pace, broadcast, some);
    const contacts = await contactsOfKeys(
      trx,
      rows.flatMap(({ contact }) => contact ?? []),
    );
    const counts = { sent: 0, skipped: 0 };
    for (const row of rows) {
      const contact = row.contact === null ? undefined : contacts.get(row.contact);
      const refusal = refusalOf(contact);
      if (refusal === null) await send(trx, { row, contact, robot, broadcast });
      else await settle(trx, [row.id], 'skip', { reason: refusal });
      counts[refusal === null ? 'sent' : 'skipped']++;
    }
    // What was skipped took nobody's time.
    const next_at = clock.now() + Math.ceil((counts.sent * MINUTE_MS) / broadcast.per_minute);
    await plan(trx, { ...pace, next_at, broadcast: broadcast.id });
    await broadcastProgress.count(trx, broadcast.id, counts);
  }

  async function send(trx: Transaction, to: Addressed): Promise<void> {
    const { row, contact, robot, broadcast } = to;
    const values = { person: row.name, fields: contact?.fields ?? '{}', robot: robot.name };
    const text = withVariables(broadcast.content, values);
    const command = textCommand(robot, { group_name: '', person: row.name }, text, 'broadcast');
    const [accepted] = await robotCommands.sendWithin(trx, [{ ...command, priority: PRIORITY }]);
    await settle(trx, [row.id], 'send', { command_id: accepted?.commandId ?? null });
  }

  /** Nobody is left to send it. */
  async function giveUp(trx: Transaction, pace: PaceRow, broadcast: BroadcastRow): Promise<void> {
    const rows = await waitingOf(trx, pace, broadcast, GIVEN_UP_AT_ONCE);
    const ids = rows.map(({ id }) => id);
    await settle(trx, ids, 'lose', { reason: 'robot_deleted' });
    await plan(trx, { ...pace, next_at: clock.now(), broadcast: broadcast.id });
    await broadcastProgress.count(trx, broadcast.id, { failed: ids.length });
  }

  /** Their broadcast is locked: none of them is anywhere else by now. */
  async function settle(
    trx: Transaction,
    ids: readonly number[],
    move: 'send' | 'skip' | 'lose',
    after: Partial<RecipientRow>,
  ): Promise<void> {
    const rows = trx('robots_broadcast_recipients').whereIn('id', [...ids]);
    await recipientStates.move(rows, move, { ...after, changed_at: clock.now() });
  }

  /** The plan allows no more commands, or who has it sent may not any more: somebody has to decide. */
  async function pauseFor(trx: Transaction, { id }: BroadcastRow, reason: PauseReason): Promise<void> {
    const [paused]: BroadcastRow[] = await broadcastStates
      .from(trx('robots_broadcasts').where({ id }), 'pause')
      .update(broadcastStates.change('pause', { reason, updated_at: clock.now() }))
      .returning('*');
    if (paused) await broadcastProgress.announce(trx, paused);
  }
}

type PauseReason = 'limit_exceeded' | 'sender_refused';

interface Circumstances {
  room: Room;
  isSuspended: boolean;
  /** Who may not have anything sent through this robot any more. */
  refused: ReadonlySet<number>;
}

interface Addressed {
  row: RecipientRow;
  contact: ContactRow | undefined;
  robot: RobotRow;
  broadcast: BroadcastRow;
}

function waitingOf(
  trx: Transaction,
  { robot }: PaceRow,
  { id: broadcast }: BroadcastRow,
  most: number,
): Promise<RecipientRow[]> {
  return trx('robots_broadcast_recipients')
    .where({ robot, broadcast })
    .whereRaw(`state = 'waiting'`)
    .orderBy('id')
    .limit(most);
}

/** Who has it sent; 0: no account. */
function senderOf({ sender, user_id }: Pick<BroadcastRow, 'sender' | 'user_id'>): number {
  return sender ?? user_id ?? 0;
}

/** No pace is slower than a message a minute: what lies further ahead was noted by a clock that was wrong. */
function soonOf(next_at: number, now: number): number {
  return next_at > now + MINUTE_MS ? now : next_at;
}
