/**
 * Accepting commands: stored before the answer, and pushed to the robot in the same breath when it is connected to this
 * process and nothing else waits for it. Table: robots_commands.
 */
import { insertRows, together } from '#core/kit.ts';
import { coreErrors, defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import type { AcceptedCommand, NewCommand, RobotCommands } from '../contract.ts';
import { robotErrors } from '../errors.ts';
import { refuseOverLimit } from '../limits.ts';
import { ROBOT_COMMANDS } from '../meters.ts';
import type { Robots } from '../robots/robots.ts';
import type { KnownRobot } from '../robots/tables.ts';
import { sortableId } from '../sortable-id.ts';
import { recipientsOf } from './command-types.ts';
import type { ConnectedRobots } from './connected-robots.ts';
import type { Offer } from './dispatch.ts';
import type { CommandHooks, SentCommand } from './hooks.ts';
import { COMMANDS_STORED, OPEN } from './open-commands.ts';

const DEFAULT_PRIORITY = 1;
/** Names stand one on a line in the list of commands. */
const CONTROL = /\p{Cc}/u;
const COLUMNS = [
  'command_id',
  'robot',
  'tenant_id',
  'code',
  'type',
  'params',
  'recipient',
  'priority',
  'status',
  'source',
  'tries',
  'max_retries',
  'due_at',
  'offered_over',
  'offered_at',
  'created_at',
  'expires_at',
] as const;

interface Stored extends NewCommand {
  robot: KnownRobot;
  commandId: string;
  recipients: readonly string[];
}

export function createCommands({
  db,
  clock,
  notices,
  usage,
  config,
  robots,
  connectedRobots,
  commandHooks,
}: Services & {
  config: RobotsConfig;
  robots: Robots;
  connectedRobots: ConnectedRobots;
  commandHooks: CommandHooks;
}): RobotCommands {
  const storing = defineBatch<Stored, AcceptedCommand>({ name: 'robots.commands', write: store });

  return {
    async send(command) {
      const accepted = await db.batch(storing, await admitted(command));
      count(command);
      return accepted;
    },
    async sendWithin(trx, commands) {
      if (commands.length === 0) return [];
      const known = await robots.knownWithin(
        trx,
        commands.map(({ robotId }) => robotId),
      );
      const items = commands.map((command) => stored(command, known.get(command.robotId) ?? null));
      const accepted = await store(trx, items);
      db.afterCommit(trx, () => commands.forEach(count));
      return accepted;
    },
  };

  async function admitted(command: NewCommand): Promise<Stored> {
    const found = stored(command, await robots.known(command.robotId));
    await refuseOverLimit(usage, command.tenantId, ROBOT_COMMANDS);
    return found;
  }

  function count({ tenantId }: NewCommand): void {
    usage.note({ tenantId, meter: ROBOT_COMMANDS });
  }

  function stored(command: NewCommand, robot: KnownRobot | null): Stored {
    if (!robot || robot.tenant_id !== command.tenantId) throw robotErrors.ROBOT_NOT_FOUND();
    if (robot.status === 'deleted') throw robotErrors.ROBOT_DELETED();
    const commandId = sortableId('cmd', clock.now());
    const recipients = recipientsOf(command.params);
    if (recipients.some((name) => CONTROL.test(name)))
      throw coreErrors.bad_request({
        message: 'The name of a person or a group has no line breaks or other control characters',
      });
    return { ...command, robot, commandId, recipients };
  }

  async function store(trx: Transaction, items: Stored[]): Promise<AcceptedCommand[]> {
    const now = clock.now();
    const over = await straightSockets(trx, items);
    const inserted = insertRows(
      trx,
      'robots_commands',
      COLUMNS,
      items.map((item) => {
        const socket = over.get(item) ?? null;
        return [
          item.commandId,
          item.robot.id,
          item.tenantId,
          item.code,
          item.type,
          JSON.stringify(item.params),
          item.recipients.join('\n'),
          priorityOf(item),
          socket ? 'dispatched' : 'pending',
          item.origin,
          socket ? 1 : 0,
          item.maxRetries ?? 0,
          0,
          socket,
          socket ? now : null,
          now,
          expiryOf(item, now),
        ];
      }),
    );
    await together([inserted, commandHooks.stored.run(trx, items.map(sentOf), now)]);
    const ids = await inserted;
    const waiting = items.filter((item) => !over.has(item)).map(({ robot }) => robot.id);
    if (waiting.length > 0) await notices.send(trx, COMMANDS_STORED, [...new Set(waiting)]);
    db.afterCommit(trx, () => {
      for (const [index, item] of items.entries()) {
        const socket = over.get(item);
        if (socket) connectedRobots.push(item.robot.id, socket, [offerOf(item, ids[index] ?? 0, now)]);
      }
    });
    return items.map(({ commandId }) => ({ commandId, status: 'pending' }));
  }

  /** What nobody has written says nothing any more after a while. */
  function expiryOf({ origin, expiresAt }: NewCommand, now: number): number {
    const longest = now + config.commands.expireHours * 3600_000;
    const isAutomatic = origin === 'ai' || origin === 'callback';
    const usual = isAutomatic ? now + config.commands.automaticMinutes * 60_000 : longest;
    return Math.min(expiresAt ?? usual, longest);
  }

  /**
   * The sockets of this process that commands may go to at once: where nothing waits for their recipients, nor a command
   * of the same moment for the same robot. Another process may have stored something a moment ago, so the database is
   * asked too.
   */
  async function straightSockets(trx: Transaction, items: readonly Stored[]): Promise<Map<Stored, string>> {
    const found = new Map<Stored, string>();
    const waiting = new Set<number>();
    for (const item of items) {
      const { robot, recipients } = item;
      const socket = waiting.has(robot.id) ? null : connectedRobots.straightSocketOf(robot.id, recipients);
      if (socket) found.set(item, socket);
      else waiting.add(robot.id);
    }
    if (found.size === 0 || db.soleWriter) return found;
    const behind = await trx('robots_commands')
      .whereIn('robot', [...new Set([...found.keys()].map(({ robot }) => robot.id))])
      .whereRaw(OPEN)
      .where({ status: 'pending' })
      .distinct('robot');
    const held = new Set(behind.map(({ robot }) => robot));
    for (const item of items) if (held.has(item.robot.id)) found.delete(item);
    return found;
  }
}

function priorityOf({ priority = DEFAULT_PRIORITY }: NewCommand): number {
  return priority;
}

function sentOf(item: Stored): SentCommand {
  const { commandId, robot, tenantId, code, params, origin, userId = null, answers = null } = item;
  return { commandId, robot: robot.id, tenantId, code, params, origin, userId, answers };
}

function offerOf(item: Stored, id: number, now: number): Offer {
  const { commandId, code, type, params } = item;
  return { id, commandId, code, type, params, priority: priorityOf(item), createdAt: now };
}
