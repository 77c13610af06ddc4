/**
 * What newer robots are told and asked beside commands: configuration, and how they are. Each goes to the socket of the
 * robot in whichever process holds it, and an answer comes back to the process that asked. Nothing of it is stored.
 */
import type { Services } from '#core/plugin.ts';
import { robotErrors } from '../errors.ts';
import { isOnline } from '../robots/presence.ts';
import type { RobotRow } from '../robots/tables.ts';
import type { ConnectedRobots } from './connected-robots.ts';
import { secondFrame } from './second-codes.ts';

export interface RobotQuestions {
  /**
   * Sends configuration to a robot that is connected, and resolves when that is done. Throws `ROBOT_OFFLINE`,
   * `ROBOT_DIALECT`, and `ROBOT_SILENT` when it takes nothing.
   */
  pushConfig(robot: RobotRow, config: Record<string, unknown>): Promise<void>;
  /** Asks a robot how it is. Throws `ROBOT_OFFLINE`, and `ROBOT_SILENT` when no answer came in five seconds. */
  status(robot: RobotRow): Promise<Record<string, unknown>>;
  /** A robot has answered; what nobody asked it is dropped. */
  answered(robot: number, data: Record<string, unknown>): void;
  start(): void;
  stop(): void;
}

const ASKED = 'robots.asked';
const ANSWERED = 'robots.answered';
const PATIENCE_MS = 5_000;
const LONGEST_ANSWER = 16_000;

interface Asked {
  robot: number;
  type: string;
  data: Record<string, unknown>;
  /** Under which id it is told that it was sent, or why not. */
  toldAs?: string;
}

interface Answered {
  robot: number;
  queryId: string;
  data: Record<string, unknown>;
}

interface Waiting {
  robot: number;
  resolve(data: Record<string, unknown>): void;
}

export function createQuestions({
  clock,
  notices,
  connectedRobots,
}: Services & { connectedRobots: ConnectedRobots }): RobotQuestions {
  const waiting = new Map<string, Waiting>();
  const ending: (() => void)[] = [];

  return {
    async pushConfig(robot, config) {
      const data = { robotId: robot.robot_id, ...config };
      const { told } = await asked(robot, (queryId) => ({
        robot: robot.id,
        type: 'config_push',
        data,
        toldAs: queryId,
      }));
      if (told === 'dialect') throw robotErrors.ROBOT_DIALECT();
      if (told !== 'sent') throw robotErrors.ROBOT_SILENT();
    },
    status,
    answered(robot, data) {
      const { queryId } = data;
      if (typeof queryId !== 'string' || queryId.length > 36 || JSON.stringify(data).length > LONGEST_ANSWER) return;
      notices.sendNow(ANSWERED, { robot, queryId, data });
    },
    start() {
      ending.push(
        notices.on(ASKED, (payload) => {
          const { robot, type, data, toldAs } = payload as Asked;
          const told = connectedRobots.send(robot, 'second', secondFrame(type, data, clock.now()));
          // Another process may have it.
          if (toldAs && told !== 'absent') notices.sendNow(ANSWERED, { robot, queryId: toldAs, data: { told } });
        }),
        notices.on(ANSWERED, (payload) => {
          const { robot, queryId, data } = payload as Answered;
          const one = waiting.get(queryId);
          if (one?.robot === robot) one.resolve(data);
        }),
      );
    },
    stop() {
      for (const end of ending.splice(0)) end();
    },
  };

  function status(robot: RobotRow): Promise<Record<string, unknown>> {
    return asked(robot, (queryId) => ({ robot: robot.id, type: 'status_query', data: { queryId } }));
  }

  async function asked(robot: RobotRow, ask: (queryId: string) => Asked): Promise<Record<string, unknown>> {
    refuseOffline(robot);
    const queryId = crypto.randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    const cancel = clock.after(PATIENCE_MS, () => reject(robotErrors.ROBOT_SILENT()));
    waiting.set(queryId, { robot: robot.id, resolve });
    notices.sendNow(ASKED, ask(queryId));
    return promise.finally(() => {
      cancel();
      waiting.delete(queryId);
    });
  }

  function refuseOffline(robot: RobotRow): void {
    if (!isOnline(robot, clock.now()) || robot.connection === null) throw robotErrors.ROBOT_OFFLINE();
  }
}
