/**
 * Accepting commands: stored before the answer, and pushed to the robot in the same breath when it is connected to this
 * process and nothing else waits for it. Table: robots_commands.
 */
import { randomBytes } from 'node:crypto';
import { insertMany } from '#core/database/insert-many.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import type { AcceptedCommand, NewCommand, RobotCommands } from '../contract.ts';
import { robotErrors } from '../errors.ts';
import type { SentCommand, Timeline } from '../inbox/timeline.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import type { RobotRow } from '../tables.ts';
import { recipientsOf } from './command-types.ts';
import type { ConnectedRobots } from './connected-robots.ts';
import { refuseOverLimit } from './limits.ts';
import type { Offer } from './offers.ts';
import { OPEN } from './open-commands.ts';
import type { Robots } from './robots.ts';

/** Told when commands have been stored for robots (their integer keys) that another process may be connected to. */
export const COMMANDS_STORED = 'robots.commands';

const DEFAULT_PRIORITY = 1;
const COLUMNS = [
  ...['command_id', 'robot', 'tenant_id', 'code', 'type', 'params', 'recipient', 'priority', 'status', 'source'],
  ...['tries', 'max_retries', 'due_at', 'offered_over', 'offered_at', 'created_at', 'expires_at'],
] as const;

interface Stored extends NewCommand {
  robot: RobotRow;
  commandId: string;
}

export function createCommands({
  db,
  clock,
  notices,
  usage,
  config,
  robots,
  connectedRobots,
  timeline,
}: Services & {
  config: RobotsConfig;
  robots: Robots;
  connectedRobots: ConnectedRobots;
  timeline: Timeline;
}): RobotCommands {
  const storing = defineBatch<Stored, AcceptedCommand>({ name: 'robots.commands', write: store });

  return {
    async send(command) {
      return db.batch(storing, await admitted(command));
    },
    async sendWithin(trx, command) {
      const robot = await trx('robots_robots').where({ robot_id: command.robotId }).first();
      const [accepted] = await store(trx, [stored(command, robot ?? null)]);
      if (!accepted) throw new Error('A command was not stored');
      count(command);
      return accepted;
    },
  };

  async function admitted(command: NewCommand): Promise<Stored> {
    const found = stored(command, await robots.byRobotId(command.robotId));
    await refuseOverLimit(usage, command.tenantId, ROBOT_COMMANDS);
    count(command);
    return found;
  }

  function count({ tenantId }: NewCommand): void {
    usage.note({ tenantId, meter: ROBOT_COMMANDS });
  }

  function stored(command: NewCommand, robot: RobotRow | null): Stored {
    if (!robot || robot.tenant_id !== command.tenantId) throw robotErrors.ROBOT_NOT_FOUND();
    if (robot.status === 'deleted') throw robotErrors.ROBOT_DELETED();
    return { ...command, robot, commandId: `cmd_${clock.now()}_${randomBytes(6).toString('hex')}` };
  }

  async function store(trx: Transaction, items: Stored[]): Promise<AcceptedCommand[]> {
    const now = clock.now();
    const over = await straightSockets(trx, items);
    const expiry = now + config.commands.expireHours * 3600_000;
    const ids = await insertMany(
      trx,
      'robots_commands',
      COLUMNS,
      items.map((item) => {
        const socket = over.get(item.robot.id) ?? null;
        return [
          ...[item.commandId, item.robot.id, item.tenantId, item.code, item.type, JSON.stringify(item.params)],
          ...[recipientsOf(item.params).join('\n'), priorityOf(item), socket ? 'dispatched' : 'pending', item.origin],
          ...[socket ? 1 : 0, item.maxRetries ?? 0, now, socket, socket ? now : null, now, expiry],
        ];
      }),
    );
    await timeline.record(trx, items.map(sentOf), now);
    const waiting = items.filter(({ robot }) => !over.has(robot.id)).map(({ robot }) => robot.id);
    if (waiting.length > 0) await notices.send(trx, COMMANDS_STORED, [...new Set(waiting)]);
    db.afterCommit(trx, () => {
      for (const [index, item] of items.entries()) {
        const socket = over.get(item.robot.id);
        if (socket) connectedRobots.push(item.robot.id, socket, [offerOf(item, ids[index] ?? 0, now)]);
      }
    });
    return items.map(({ commandId }) => ({ commandId, status: 'pending' }));
  }

  /**
   * The sockets of this process that commands may go to at once, by robot: those of robots for which nothing waits. Another
   * process may have stored something a moment ago, so the database is asked too.
   */
  async function straightSockets(trx: Transaction, items: readonly Stored[]): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    for (const { robot } of items) {
      const socket = connectedRobots.straightSocketOf(robot.id);
      if (socket) found.set(robot.id, socket);
    }
    if (found.size === 0 || db.soleWriter) return found;
    const behind = await trx('robots_commands')
      .whereIn('robot', [...found.keys()])
      .whereRaw(OPEN)
      .where({ status: 'pending' })
      .distinct('robot');
    for (const { robot } of behind) found.delete(robot);
    return found;
  }
}

function priorityOf({ priority = DEFAULT_PRIORITY }: NewCommand): number {
  return priority;
}

function sentOf({ commandId, robot, tenantId, code, params, origin, userId = null }: Stored): SentCommand {
  return { commandId, robot: robot.id, tenantId, code, params, origin, userId };
}

function offerOf(item: Stored, id: number, now: number): Offer {
  const { commandId, code, type, params } = item;
  return { id, commandId, code, type, params, priority: priorityOf(item), createdAt: now };
}
