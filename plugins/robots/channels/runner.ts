/**
 * The process that is a robot of another network: over all replicas one has its lease, hears for it and sends for it. What ends
 * or loses its lease stops at once; another takes over when the lease is over. Table: robots_channel_robots.
 */
import type { Knex } from 'knex';
import { isAppError, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { Suspensions } from '#plugins/auth/contract.ts';
import type { CommandDispatch } from '../commands/dispatch.ts';
import { COMMANDS_STORED } from '../commands/open-commands.ts';
import type { Results } from '../commands/results.ts';
import type { RobotsConfig } from '../config.ts';
import type { ChannelMessage, RobotChannel, RobotChannels } from '../contract.ts';
import type { ChannelNames } from '../conversations/identity/names.ts';
import type { Messages } from '../conversations/messages.ts';
import { receivedFile } from '../conversations/received-message.ts';
import type { Presence } from '../robots/presence.ts';
import type { RobotRow } from '../robots/tables.ts';
import type { ChannelRobots } from './channel-robots.ts';
import { createSender, type Sender } from './sender.ts';
import type { ChannelRobotRow } from './tables.ts';

export interface ChannelRunner {
  start(): void;
  stop(): Promise<void>;
  /** Looks for robots to be; as the timer does. */
  poll(): Promise<void>;
}

interface Own {
  robot: RobotRow;
  account: string;
}

interface Running {
  id: string;
  robot: RobotRow;
  sender: Sender;
  end(): Promise<void>;
}

const LOOK_MS = 5_000;
const LEASE_MS = 30_000;
/** What the configuration names and could not be made is tried again. */
const CONFIGURE_MS = 60_000;
const PLACES = 200;

export function createChannelRunner(
  services: Services & {
    robotsConfig: RobotsConfig;
    robotChannels: RobotChannels;
    channelRobots: ChannelRobots;
    channelNames: ChannelNames;
    robotMessages: Messages;
    commandDispatch: CommandDispatch;
    robotResults: Results;
    robotPresence: Presence;
    suspensions: Suspensions;
  },
): ChannelRunner {
  const { db, clock, log, notices, blobs, robotsConfig, suspensions } = services;
  const { robotChannels, channelRobots, channelNames, robotMessages, robotPresence } = services;
  const self = crypto.randomUUID();
  const running = new Map<number, Running>();
  let looking: Promise<void> | null = null;
  let isStopped = true;
  /** By `clock.elapsed()`. */
  let configureAt = Number.NEGATIVE_INFINITY;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let cancel = (): void => {};
  let unhear = (): void => {};
  let unwatch = (): void => {};

  return {
    start() {
      isStopped = false;
      unhear = notices.on(COMMANDS_STORED, (robots) => {
        for (const robot of Array.isArray(robots) ? robots : []) running.get(Number(robot))?.sender.pump();
      });
      unwatch = suspensions.onChange(() => void poll());
      tick();
    },
    async stop() {
      isStopped = true;
      cancel();
      unhear();
      unwatch();
      await looking;
      await endAll();
      await db.write('robots_channel_robots').where({ leased_by: self }).update({ leased_by: null, leased_until: 0 });
    },
    poll,
  };

  function tick(): void {
    if (isStopped) return;
    cancel = clock.after(LOOK_MS, tick);
    void poll();
  }

  function poll(): Promise<void> {
    looking ??= pollOnce()
      .catch(async (error) => {
        log.warn({ err: error }, 'Robots of other networks could not be looked after');
        // Soon the lease is another one's.
        if (clock.elapsed() - renewedAt > LEASE_MS / 2) await endAll();
      })
      .finally(() => {
        looking = null;
      });
    return looking;
  }

  async function endAll(): Promise<void> {
    await Promise.allSettled([...running.values()].map(({ end }) => end()));
  }

  async function pollOnce(): Promise<void> {
    if (configureAt <= clock.elapsed())
      configureAt = (await channelRobots.configure()) ? Number.POSITIVE_INFINITY : clock.elapsed() + CONFIGURE_MS;
    const suspended = await suspendedTenants();
    const held = await leased({ leased_by: self }, suspended);
    const kept = new Set(held.map(({ robot }) => robot));
    renewedAt = clock.elapsed();
    for (const [robot, own] of running) if (!kept.has(robot)) await own.end();
    const now = clock.now();
    const free = isStopped ? [] : await leased((query) => query.where(isOver(now)), suspended);
    // Of those that are held already, one may have been ended while its tenant was suspended.
    for (const row of isStopped ? [] : [...held, ...free]) await begin(row);
    await robotPresence.present([...running.values()].map(({ id }) => id));
    for (const { sender } of running.values()) sender.pump();
  }

  /** Of those that have robots here. */
  async function suspendedTenants(): Promise<string[]> {
    const tenants: string[] = await db
      .read('robots_robots')
      .whereIn('id', db.read('robots_channel_robots').select('robot'))
      .distinct()
      .pluck('tenant_id');
    const standings = await Promise.all(tenants.map((tenantId) => suspensions.of(tenantId)));
    return tenants.filter((_, place) => standings[place]);
  }

  /**
   * Of robots that are not deleted, whose tenant is active and whose channel is there, those that fit are this process's from
   * now on.
   */
  function leased(
    which: { leased_by: string } | ((query: Knex.QueryBuilder) => void),
    suspended: readonly string[],
  ): Promise<ChannelRobotRow[]> {
    const active = db
      .write('robots_robots')
      .where({ status: 'active' })
      .whereNotIn('tenant_id', [...suspended])
      .select('id');
    const names = robotChannels.list().map(({ name }) => name);
    const configured = Object.keys(robotsConfig.telegram.bots);
    const robots = db
      .write('robots_channel_robots')
      .where(which)
      .whereIn('robot', active)
      .whereIn('channel', names)
      .where((either) => either.whereNull('configured').orWhereIn('configured', configured))
      .limit(PLACES)
      .select('robot');
    // Asked again on the row itself, for another process may have been faster.
    return db
      .write('robots_channel_robots')
      .whereIn('robot', robots)
      .where(which)
      .update({ leased_by: self, leased_until: clock.now() + LEASE_MS })
      .returning('*')
      .then((rows) => rows);
  }

  async function begin(row: ChannelRobotRow): Promise<void> {
    const channel = robotChannels.named(row.channel);
    const robot = await db.write('robots_robots').where({ id: row.robot }).first();
    if (!channel || !robot || running.has(row.robot)) return;
    const ending = new AbortController();
    const id = crypto.randomUUID();
    const line = channel.start({
      config: channelRobots.configOf(row),
      place: row.place,
      fileBytes: robotsConfig.fileBytes,
      clock,
      log,
      signal: ending.signal,
      receive: (message, place) => receive({ robot, account: accountOf(channel, row) }, message, place),
      problem: (text) => void noteProblem(robot.id, text),
    });
    const account = accountOf(channel, row);
    const sender = createSender({ ...services, robot, account, channel, line, over: id });
    running.set(robot.id, { id, robot, sender, end });
    await robotPresence.connected(robot.id, id, clock.now());

    async function end(): Promise<void> {
      running.delete(row.robot);
      ending.abort();
      await Promise.all([sender.stop(), line.stop()]);
      await robotPresence.disconnected(row.robot, id);
    }
  }

  async function receive(own: Own, message: ChannelMessage | null, place: string): Promise<void> {
    const { robot } = own;
    if (message) await store(own, message);
    await db.write('robots_channel_robots').where({ robot: robot.id, leased_by: self }).update({ place });
  }

  async function store({ robot, account }: Own, message: ChannelMessage): Promise<void> {
    const { id, person, group, text, textType, isAtMe, file } = message;
    const { tenant_id, channel } = robot;
    const among = { tenant_id, channel, account };
    try {
      await robotMessages.receive(robot, {
        clientId: id,
        spoken: text,
        rawSpoken: text,
        groupRemark: '',
        phoneTime: null,
        isSelf: false,
        person: await channelNames.nameOf(among, person),
        ownId: { account, id: person.address },
        textType,
        atMe: isAtMe,
        group: group ? await channelNames.nameOf(among, group) : '',
        roomType: group ? 1 : 2,
        file: file ? await receivedFile(blobs, file) : null,
      });
    } catch (error) {
      // A refusal (the plan allows no more) is for good; while the database is away it is heard again.
      if (!isAppError(error)) throw error;
      log.warn({ robot: robot.robot_id, reason: messageOf(error) }, 'A message of another network was refused');
    }
  }

  async function noteProblem(robot: number, problem: string): Promise<void> {
    await db
      .write('robots_channel_robots')
      .where({ robot })
      .whereNot({ problem: problem.slice(0, 300) })
      .update({ problem: problem.slice(0, 300) })
      .catch((error) => log.warn({ err: error }, 'What is wrong with a robot could not be noted'));
  }
}

/** Within which ids of the channel mean one person. */
function accountOf(channel: RobotChannel, { account }: ChannelRobotRow): string {
  return channel.ids === 'account' ? account : '';
}

/** Also a lease that ends later than any does: a clock that was ahead has noted it. */
function isOver(now: number): (query: Knex.QueryBuilder) => void {
  return (query) => query.where('leased_until', '<', now).orWhere('leased_until', '>', now + 2 * LEASE_MS);
}
