/**
 * Sending broadcasts, each robot at its pace: a step takes the next recipients of one broadcast, and their commands are stored
 * in the transaction that claims them, so that nobody gets it twice and nobody is left out, whichever process dies. A robot has
 * one step that counts; it plans the next. Tables: robots_paces, robots_broadcast_recipients.
 */
import type { Services, Transaction } from '#core/plugin.ts';
import type { RobotCommands } from '../contract.ts';
import { textCommand } from '../inbox/text-command.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import { contactsOfKeys, refusalOf } from '../services/known-contacts.ts';
import { withVariables } from '../services/variables.ts';
import type { ContactRow, RobotRow } from '../tables.ts';
import type { BroadcastProgress } from './progress.ts';
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

export function createBroadcastPacing({
  db,
  clock,
  jobs,
  usage,
  robotCommands,
  broadcastProgress,
}: Services & { robotCommands: RobotCommands; broadcastProgress: BroadcastProgress }): BroadcastPacing {
  return {
    begin,
    async step({ robot, step }) {
      const room = await roomOf(robot);
      await db.transaction(async (trx) => {
        const pace = await trx('robots_paces').where({ robot }).forUpdate().first();
        if (pace?.step !== step) return;
        const now = clock.now();
        if (pace.next_at > now) return plan(trx, pace);
        const broadcast = await nextBroadcast(trx, pace);
        if (broadcast === null) return;
        if (room === 'none') await pauseOverLimit(trx, broadcast);
        else await sendSome(trx, pace, broadcast);
      });
    },
    async resumeLost() {
      const lost = await db
        .read('robots_paces as pace')
        .where('pace.next_at', '<', clock.now() - LOST_MS)
        .whereExists((waiting) =>
          waiting
            .select(db.read.raw('1'))
            .from('robots_broadcast_recipients as recipient')
            .join('robots_broadcasts as own', 'own.id', 'recipient.broadcast')
            .whereRaw('recipient.robot = pace.robot')
            .where({ 'recipient.state': 'waiting', 'own.state': 'running' })
            .whereNotNull('own.frozen_at'),
        )
        .select('pace.robot');
      for (const { robot } of lost) await db.transaction((trx) => begin(trx, robot));
      return lost.length;
    },
  };

  async function begin(trx: Transaction, robot: number): Promise<void> {
    const now = clock.now();
    await trx('robots_paces').insert({ robot, next_at: now, step: 0, broadcast: 0 }).onConflict('robot').ignore();
    const pace = await trx('robots_paces').where({ robot }).forUpdate().first();
    if (pace) await plan(trx, { ...pace, next_at: Math.max(pace.next_at, now) });
  }

  /** The only step that counts from now on. */
  async function plan(trx: Transaction, { robot, step, next_at, broadcast }: PaceRow): Promise<void> {
    await trx('robots_paces')
      .where({ robot })
      .update({ step: step + 1, next_at, broadcast });
    const job: PaceJob = { robot, step: step + 1 };
    await jobs.enqueue(trx, PACE_JOB, job, { runAt: next_at, lane: String(robot) });
  }

  async function roomOf(robot: number) {
    const row = await db.read('robots_robots').where({ id: robot }).first('tenant_id');
    return row ? usage.room(row.tenant_id, ROBOT_COMMANDS) : 'unlimited';
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
      else await settle(trx, [row.id], { state: 'skipped', reason: refusal });
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
    await settle(trx, [row.id], { state: 'sent', command_id: accepted?.commandId ?? null });
  }

  /** Nobody is left to send it. */
  async function giveUp(trx: Transaction, pace: PaceRow, broadcast: BroadcastRow): Promise<void> {
    const rows = await waitingOf(trx, pace, broadcast, GIVEN_UP_AT_ONCE);
    const ids = rows.map(({ id }) => id);
    await settle(trx, ids, { state: 'failed', reason: 'robot_deleted' });
    await plan(trx, { ...pace, next_at: clock.now(), broadcast: broadcast.id });
    await broadcastProgress.count(trx, broadcast.id, { failed: ids.length });
  }

  async function settle(trx: Transaction, ids: readonly number[], after: Partial<RecipientRow>): Promise<void> {
    await trx('robots_broadcast_recipients')
      .whereIn('id', [...ids])
      .update({ ...after, changed_at: clock.now() });
  }

  /** The plan of the tenant allows no more commands: somebody has to decide. */
  async function pauseOverLimit(trx: Transaction, { id }: BroadcastRow): Promise<void> {
    const [paused] = await trx('robots_broadcasts')
      .where({ id })
      .update({ state: 'paused', reason: 'limit_exceeded', updated_at: clock.now() })
      .returning('*');
    if (paused) await broadcastProgress.announce(trx, paused);
  }
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
