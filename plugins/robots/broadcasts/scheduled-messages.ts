/**
 * Messages that are sent later, once or again and again. What is due is sent, and the next time noted, in one transaction: it
 * is sent once, however many processes look. Table: robots_scheduled_messages.
 */
import { CLOCK_TOLERANCE_MS, isUnavailable } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import type { Suspensions } from '#plugins/auth/contract.ts';
import { splitFor } from '../commands/channel-text.ts';
import { whereUnoffered } from '../commands/states.ts';
import { textCommand } from '../commands/text-command.ts';
import type { RobotsConfig } from '../config.ts';
import type { RobotCommands } from '../contract.ts';
import { refusalOf } from '../conversations/identity/consent.ts';
import { contactsNamed } from '../conversations/identity/known-contacts.ts';
import { checkVariables, withVariables } from '../conversations/variables.ts';
import { robotErrors } from '../errors.ts';
import { leftOf } from '../limits.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import type { Robots } from '../robots/robots.ts';
import type { RobotRow } from '../robots/tables.ts';
import { maySee } from '../robots/visibility.ts';
import type { BroadcastSenders } from './senders.ts';
import { scheduleStates } from './states.ts';
import type { ScheduledMessageRow } from './tables.ts';
import { nextOf, timeOf } from './times.ts';

export interface ScheduleWish {
  /** `robot_…` */
  robotId: string;
  names: readonly string[];
  content: string;
  /** Once, in the zone unless it says otherwise. */
  at: string | null;
  /** Again and again: five fields. */
  cron: string | null;
  zone: string;
}

/** A wish that has been checked. */
export interface CheckedSchedule {
  wish: ScheduleWish;
  robot: RobotRow;
  nextAt: number;
}

export interface ScheduledMessages {
  /** Throws `ROBOT_NOT_FOUND`, `UNKNOWN_VARIABLE`, `SCHEDULE_INVALID`. */
  check(principal: Principal, wish: ScheduleWish): Promise<CheckedSchedule>;
  /** Throws `SCHEDULE_INVALID` for a time that is over. */
  createWithin(trx: Transaction, principal: Principal, checked: CheckedSchedule): Promise<ScheduledMessageRow>;
  /** Throws `SCHEDULE_NOT_FOUND`, also for those of others. */
  find(principal: Principal, id: string): Promise<ScheduledMessageRow>;
  /** Throws `SCHEDULE_NOT_FOUND`, and `SCHEDULE_OVER` when nothing would come any more. */
  cancel(principal: Principal, id: string): Promise<ScheduledMessageRow>;
  /** Sends some of what is due; gives how many there were. */
  sendDue(): Promise<number>;
  /** Next times that a clock has noted which was ahead are looked for anew. */
  putRight(): Promise<void>;
  /** Everything of a tenant or of a person. */
  erase(whose: { tenant_id: string } | { user_id: number }): Promise<void>;
}

const DUE_AT_ONCE = 100;

export function createScheduledMessages({
  db,
  clock,
  log,
  usage,
  robots,
  robotsConfig,
  robotCommands,
  broadcastSenders,
  suspensions,
}: Services & {
  robots: Robots;
  robotsConfig: RobotsConfig;
  robotCommands: RobotCommands;
  broadcastSenders: BroadcastSenders;
  suspensions: Suspensions;
}): ScheduledMessages {
  const lateMs = robotsConfig.broadcasts.lateMinutes * 60_000;

  return {
    async check(principal, wish) {
      const robot = await robots.ofPrincipal(principal, wish.robotId);
      checkVariables(wish.content);
      if ((wish.at === null) === (wish.cron === null)) throw robotErrors.SCHEDULE_INVALID();
      const now = clock.now();
      const nextAt = wish.cron === null ? timeOf(wish.at ?? '', wish.zone) : nextOf(wish.cron, wish.zone, now);
      return { wish, robot, nextAt };
    },
    async createWithin(trx, { userId }, { wish, robot, nextAt }) {
      const now = clock.now();
      if (nextAt <= now) throw robotErrors.SCHEDULE_INVALID();
      const [row] = await trx('robots_scheduled_messages')
        .insert({
          uuid: crypto.randomUUID(),
          tenant_id: robot.tenant_id,
          user_id: userId || null,
          robot: robot.id,
          names: JSON.stringify([...new Set(wish.names)]),
          content: wish.content,
          cron: wish.cron,
          zone: wish.zone,
          next_at: nextAt,
          created_at: now,
          updated_at: now,
        })
        .returning('*');
      if (!row) throw new Error('The scheduled message was not stored');
      return row;
    },
    async find(principal, id) {
      return seen(principal, await db.read('robots_scheduled_messages').where({ uuid: id }).first());
    },
    cancel: (principal, id) =>
      db.transaction(async (trx) => {
        const row = seen(principal, await trx('robots_scheduled_messages').where({ uuid: id }).forUpdate().first());
        if (!scheduleStates.may('cancel', row.state)) throw robotErrors.SCHEDULE_OVER();
        const change = scheduleStates.change('cancel', { next_at: null, updated_at: clock.now() });
        const [after] = await trx('robots_scheduled_messages').where({ id: row.id }).update(change).returning('*');
        return after ?? row;
      }),
    async sendDue() {
      const rows = () =>
        db.write('robots_scheduled_messages').whereRaw(`state = 'active'`).where('next_at', '<=', clock.now());
      const tenants: string[] = await rows().distinct().pluck('tenant_id');
      // Those of a suspended tenant wait until it is active again, and hold up nobody else's.
      const standings = await Promise.all(tenants.map((tenantId) => suspensions.of(tenantId)));
      const due = await rows()
        .whereNotIn(
          'tenant_id',
          tenants.filter((_, place) => standings[place]),
        )
        .orderBy(['next_at', 'id'])
        .limit(DUE_AT_ONCE)
        .select('id', 'tenant_id', 'user_id', 'robot');
      for (const { id, tenant_id, user_id, robot: key } of due) {
        const left = await leftOf(usage, tenant_id, ROBOT_COMMANDS);
        const robot = await db.read('robots_robots').where({ id: key }).first('tenant_id', 'user_id');
        const isAllowed = robot === undefined || (await broadcastSenders.maySend(user_id, robot));
        await db.transaction((trx) => run(trx, id, { left, isAllowed })).catch((error) => giveUp(id, error));
      }
      return due.length;
    },
    async putRight() {
      const now = clock.now();
      const latest = now + CLOCK_TOLERANCE_MS;
      const wrong = await db
        .read('robots_scheduled_messages')
        .whereRaw(`state = 'active'`)
        .whereNotNull('cron')
        .where('next_at', '>', latest)
        .whereRaw('coalesce(last_at, created_at) > ?', [latest])
        .limit(DUE_AT_ONCE);
      for (const row of wrong) {
        const { state, next_at } = after(row, now, 'done');
        const rows = db.write('robots_scheduled_messages').where({ id: row.id, next_at: row.next_at });
        const change = { next_at, created_at: Math.min(row.created_at, now), last_at: null };
        await scheduleStates.move(rows, 'putRight', change, state);
      }
    },
    async erase(whose) {
      await db.write('robots_scheduled_messages').where(whose).delete();
    },
  };

  async function run(trx: Transaction, id: number, asked: Asked): Promise<void> {
    const now = clock.now();
    const row = await due(trx, id, now);
    if (!row) return;
    const rows = trx('robots_scheduled_messages').where({ id });
    if (now - row.next_at > lateMs) {
      const { state, next_at } = after(row, now, 'missed');
      await scheduleStates.move(rows, 'miss', { ...MISSED, next_at, last_at: now, updated_at: now }, state);
      return;
    }
    const outcome = await sendTo(trx, row, asked);
    const { state, next_at } = after(row, now, 'done');
    await scheduleStates.move(rows, 'run', { ...outcome, next_at, last_at: now, updated_at: now }, state);
  }

  /** What cannot be sent holds up nobody else's. */
  async function giveUp(id: number, error: unknown): Promise<void> {
    if (isUnavailable(error)) throw error;
    log.error({ err: error, id }, 'A scheduled message could not be sent');
    const now = clock.now();
    await db.transaction(async (trx) => {
      const row = await due(trx, id, now);
      if (!row) return;
      const { state, next_at } = after(row, now, 'done');
      const change = { ...failed('error'), next_at, last_at: now, updated_at: now };
      await scheduleStates.move(trx('robots_scheduled_messages').where({ id }), 'run', change, state);
    });
  }

  /** Locked; null when another process has run it, or somebody has cancelled it meanwhile. */
  async function due(trx: Transaction, id: number, now: number): Promise<DueRow | null> {
    const row = await scheduleStates.from(trx('robots_scheduled_messages').where({ id }), 'run').forUpdate().first();
    const next_at = row?.next_at ?? null;
    return row && next_at !== null && next_at <= now ? { ...row, next_at } : null;
  }

  /** Of several times that were missed, none but the last is made up for. */
  function after<E extends 'missed' | 'done'>(
    { cron, zone }: ScheduledMessageRow,
    now: number,
    end: E,
  ): { state: 'active' | E; next_at: number | null } {
    if (cron === null) return { state: end, next_at: null };
    try {
      return { state: 'active', next_at: nextOf(cron, zone, now) };
    } catch (error) {
      // An expression that has no further time, or a zone that a newer system does not know.
      log.warn({ err: error, cron, zone }, 'A scheduled message has no next time');
      return { state: end, next_at: null };
    }
  }

  /** What no robot was told since the last time gives way to what comes now. */
  async function takeBackLast(trx: Transaction, { last_commands, tenant_id: tenantId }: ScheduledMessageRow) {
    const last: string[] = JSON.parse(last_commands);
    if (last.length === 0) return;
    const rows = trx('robots_commands').whereIn('command_id', last).orderBy('id');
    whereUnoffered(rows);
    if (db.client === 'pg') rows.forUpdate().skipLocked();
    const ids = (await rows.select('command_id')).map(({ command_id }) => command_id);
    if (ids.length === 0) return;
    await trx('robots_messages').whereIn('command_id', ids).delete();
    await trx('robots_commands').whereIn('command_id', ids).delete();
    await usage.giveBack(trx, { tenantId, meter: ROBOT_COMMANDS, amount: ids.length });
  }

  /** To all of its names, or to none when the plan does not allow so many commands. */
  async function sendTo(trx: Transaction, row: ScheduledMessageRow, { left, isAllowed }: Asked): Promise<LastOutcome> {
    const robot = await trx('robots_robots').where({ id: row.robot }).first();
    if (robot?.status !== 'active') return failed('ROBOT_DELETED');
    if (!isAllowed) return failed('sender_refused');
    const names: string[] = JSON.parse(row.names);
    const contacts = await contactsNamed(trx, robot, names);
    const willing = names.filter((name) => refusalOf(contacts.get(name)) === null);
    if (willing.length === 0) return failed('opted_out');
    const commands = willing.flatMap((person) => {
      const values = { person, fields: contacts.get(person)?.fields ?? '{}', robot: robot.name };
      const parts = splitFor(robot.channel, withVariables(row.content, values));
      return parts.map((part) => ({
        ...textCommand(robot, { group_name: '', person }, part, 'schedule'),
        expiresAt: (row.next_at ?? clock.now()) + lateMs,
      }));
    });
    if (commands.length > left) return failed('limit_exceeded');
    await takeBackLast(trx, row);
    const accepted = await robotCommands.sendWithin(trx, commands);
    const last_commands = JSON.stringify(accepted.map(({ commandId }) => commandId));
    return { last_outcome: 'sent', last_reason: '', last_commands };
  }
}

/** One whose time has come. */
type DueRow = ScheduledMessageRow & { next_at: number };

/** What is asked before the transaction. */
interface Asked {
  /** Commands that the plan still allows. */
  left: number;
  /** Whether who has scheduled it may still have it sent. */
  isAllowed: boolean;
}

type LastOutcome = Partial<Pick<ScheduledMessageRow, 'last_commands'>> &
  Pick<ScheduledMessageRow, 'last_outcome' | 'last_reason'>;
const MISSED: LastOutcome = { last_outcome: 'missed', last_reason: '' };

function failed(reason: string): LastOutcome {
  return { last_outcome: 'failed', last_reason: reason };
}

function seen(principal: Principal, row: ScheduledMessageRow | undefined): ScheduledMessageRow {
  if (!row || !maySee(principal, row)) throw robotErrors.SCHEDULE_NOT_FOUND();
  return row;
}
