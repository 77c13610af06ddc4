/** Who is online: a robot with an open socket, or one that has polled within a minute. Table: robots_robots. */
import { type PlainCell, valuesTable } from '#core/kit.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { RobotLogs } from '../contract.ts';
import { SENTENCES } from '../dialect-messages.ts';
import type { RobotHooks, StateChange } from './hooks.ts';
import type { RobotRow } from './tables.ts';

export interface Presence {
  /** The robot has come on this socket at that time: it is the robot's, unless a later one is. */
  connected(robot: number, socket: string, at: number): Promise<Registered>;
  /** The socket is closed: the robot is offline, unless it has another one. */
  disconnected(robot: number, socket: string): Promise<void>;
  /** The socket that is the robot's; null when it has none. */
  socketOf(robot: number): Promise<string | null>;
  /**
   * The robots of these sockets were heard of late. Gives those of them that are still their robots' sockets, with the version
   * that tokens have now.
   */
  present(sockets: readonly string[]): Promise<Map<string, number>>;
  /** The robot has polled. */
  polled(robot: number): Promise<void>;
  /** Robots that nobody has heard for a minute are offline; gives how many there were. */
  sweep(): Promise<number>;
  /** The robot was online and is deleted: it is offline. */
  ended(trx: Transaction, robot: PresenceChange['robot']): Promise<void>;
}

export interface Registered {
  /** The version that its tokens have at this moment; null when the robot is gone. */
  version: number | null;
  /** The socket that is the robot's. */
  socket: string | null;
}

export const ONLINE_MS = 60_000;
/** Clocks of replicas may differ by so much: of sockets that are noted by a slower one none is taken for gone. */
const REPLICAS_APART_MS = 60_000;
/** Polls are noted no more often. */
const POLL_NOTED_MS = 15_000;
/** A statement of so many takes the writer a few milliseconds. */
const NOTED_AT_ONCE = 100;
/** What is older by more than that was noted by a replica whose clock is ahead. */
const CROSSING_MS = 5_000;

interface Change {
  robot: number;
  /** Null: it has polled. */
  socket: string | null;
  isHere: boolean;
  /** When the socket came. */
  at: number;
}

/** A change with what its event says. */
type PresenceChange = StateChange & { robot: Pick<RobotRow, 'robot_id' | 'name'> };

export function createPresence({
  db,
  clock,
  events,
  robotHooks,
  robotLogs,
}: Services & { robotHooks: RobotHooks; robotLogs: RobotLogs }): Presence {
  const noting = defineBatch<Change, Registered>({ name: 'robots.presence', write: note });

  return {
    connected: (robot, socket, at) => db.batch(noting, { robot, socket, isHere: true, at }),
    async disconnected(robot, socket) {
      await db.batch(noting, { robot, socket, isHere: false, at: clock.now() });
    },
    async socketOf(robot) {
      const row = await db.write('robots_robots').where({ id: robot }).first('connection');
      return row?.connection ?? null;
    },
    async present(sockets) {
      const current = new Map<string, number>();
      for (let start = 0; start < sockets.length; start += NOTED_AT_ONCE) {
        const rows = await db
          .write('robots_robots')
          .whereIn('connection', sockets.slice(start, start + NOTED_AT_ONCE))
          .update({ seen_at: clock.now(), is_online: 1 })
          .returning(['connection', 'token_version']);
        for (const { connection, token_version } of rows)
          if (connection !== null) current.set(connection, token_version);
      }
      return current;
    },
    async polled(robot) {
      const row = await db.read('robots_robots').where({ id: robot }).first('is_online', 'seen_at');
      if (row?.is_online === 1 && row.seen_at !== null && clock.now() - row.seen_at < POLL_NOTED_MS) return;
      await db.batch(noting, { robot, socket: null, isHere: true, at: clock.now() });
    },
    sweep: () =>
      db.transaction(async (trx) => {
        const gone = await trx('robots_robots')
          .where({ is_online: 1 })
          .where((silent) =>
            silent
              .where((polling) => polling.whereNull('connection').where('seen_at', '<', clock.now() - ONLINE_MS))
              .orWhere('seen_at', '<', clock.now() - ONLINE_MS - REPLICAS_APART_MS)
              .orWhere('seen_at', '>', clock.now() + ONLINE_MS + REPLICAS_APART_MS),
          )
          .orderBy('id')
          .limit(500)
          .update({ is_online: 0, connection: null })
          .returning(['id', 'robot_id', 'name', 'tenant_id']);
        await emitChanges(
          trx,
          gone.map((robot) => ({ robot, state: 'offline' })),
        );
        return gone.length;
      }),
    ended: (trx, robot) => emitChanges(trx, [{ robot, state: 'offline' }]),
  };

  /** The last socket to come is the robot's, in whichever order they are noted. */
  async function note(trx: Transaction, changes: Change[]): Promise<Registered[]> {
    const now = clock.now();
    const ids = [...new Set(changes.map(({ robot }) => robot))];
    const query = trx('robots_robots').whereIn('id', ids).orderBy('id');
    const rows = await query
      .forUpdate()
      .select(
        ...([
          'id',
          'robot_id',
          'name',
          'tenant_id',
          'status',
          'is_online',
          'connection',
          'connected_at',
          'token_version',
        ] as const),
      );
    const told: PresenceChange[] = [];
    const registered = new Map<number, Registered>();
    const written: PlainCell[][] = [];
    const byRobot = Map.groupBy(changes, ({ robot }) => robot);
    for (const row of rows) {
      const own = byRobot.get(row.id) ?? [];
      const after = { is_online: row.is_online, connection: row.connection, connected_at: row.connected_at };
      for (const { socket, isHere, at } of own) {
        if (isHere) {
          after.is_online = 1;
          if (socket !== null && isLatest(after, at)) Object.assign(after, { connection: socket, connected_at: at });
        } else if (after.connection === socket) Object.assign(after, { is_online: 0, connection: null });
      }
      written.push([row.id, after.is_online, after.connection, after.connected_at]);
      registered.set(row.id, {
        version: row.status === 'active' ? row.token_version : null,
        socket: after.connection,
      });
      if (after.is_online !== row.is_online && row.status === 'active')
        told.push({ robot: row, state: after.is_online === 1 ? 'online' : 'offline' });
    }
    if (written.length > 0) await write(trx, written, now);
    await emitChanges(trx, told);
    return changes.map(({ robot }) => registered.get(robot) ?? { version: null, socket: null });
  }

  /** One statement for all: after a restart they come back by the hundred. */
  async function write(trx: Transaction, rows: readonly PlainCell[][], now: number): Promise<void> {
    const given = valuesTable(trx, 4, rows);
    await trx.raw(
      `update robots_robots set is_online = cast(given.column2 as integer), connection = given.column3,
              connected_at = cast(given.column4 as bigint), seen_at = ?
         from ${given.sql} as given where robots_robots.id = cast(given.column1 as bigint)`,
      [now, ...given.bindings],
    );
  }

  async function emitChanges(trx: Transaction, changes: readonly PresenceChange[]): Promise<void> {
    await robotHooks.statesChanged.run(trx, changes);
    for (const { robot, state } of changes) {
      const { robot_id, name, tenant_id } = robot;
      db.afterCommit(trx, () => {
        const message = state === 'online' ? SENTENCES.wentOnline : SENTENCES.wentOffline;
        robotLogs.note({ type: 'robot', level: 'info', message, details: { robotId: robot_id }, tenantId: tenant_id });
      });
      await events.emit(trx, `robot.${state}`, { robot_id, name }, { tenantId: tenant_id, subject: robot_id });
    }
  }
}

/** Whether it counts as online at this moment. */
export function isOnline(
  { is_online, seen_at, status }: Pick<RobotRow, 'is_online' | 'seen_at' | 'status'>,
  now: number,
) {
  return status === 'active' && is_online === 1 && seen_at !== null && now - seen_at < ONLINE_MS;
}

export function robotStatus(
  robot: Pick<RobotRow, 'is_online' | 'seen_at' | 'status'>,
  now: number,
): 'online' | 'offline' | 'deleted' {
  if (robot.status === 'deleted') return 'deleted';
  return isOnline(robot, now) ? 'online' : 'offline';
}

/** Whether a socket that came then takes the place of the one that is noted. */
function isLatest({ connection, connected_at }: Pick<RobotRow, 'connection' | 'connected_at'>, at: number): boolean {
  const older = (connected_at ?? 0) - at;
  return connection === null || older <= 0 || older > CROSSING_MS;
}
