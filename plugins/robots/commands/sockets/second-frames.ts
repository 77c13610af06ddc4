/**
 * The frames of newer clients of this family (WorkBot v3): `authenticate` first, then `heartbeat`, `result`,
 * `status_response`; they are told `command_push`, `config_push`, `status_query`, `heartbeat_warning`.
 */

import { isoTime } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { FRAME_SENTENCES, unknownType } from '../../dialect-messages.ts';
import { recipientsOf } from '../command-types.ts';
import type { Offer } from '../dispatch.ts';
import type { ConnectedRobot, Frame, Refusal, RobotFrames } from '../frames.ts';
import type { RobotQuestions } from '../questions.ts';
import type { Results } from '../results.ts';
import { errorFrame, SECOND_CODES, secondFrame } from '../second-codes.ts';
import { outcomeOf } from '../serialization.ts';

const REFUSALS = {
  tooMany: [SECOND_CODES.tooMany, FRAME_SENTENCES.tooManyFrames],
  ended: [SECOND_CODES.invalidToken, FRAME_SENTENCES.invalidToken],
  expired: [SECOND_CODES.expiredToken, FRAME_SENTENCES.expiredToken],
} as const satisfies Record<Refusal, readonly [number, string]>;

const HEARTBEAT_MS = 30_000;
const WARN_MS = 50_000;
const SILENT_MS = 60_000;
const NORMAL = 1000;

export function secondFrames({
  clock,
  robotQuestions,
  robotResults,
}: Pick<Services, 'clock'> & { robotQuestions: Pick<RobotQuestions, 'answered'>; robotResults: Results }): RobotFrames {
  const warned = new WeakSet<ConnectedRobot>();

  return { name: 'second', command, receive, isSilent, refusal };

  function refusal(why: Refusal) {
    const [code, reason] = REFUSALS[why];
    return { code, reason, frame: errorFrame(code, reason, clock.now()) };
  }

  function command({ commandId, code, type, params, priority, createdAt }: Offer): string {
    const target = recipientsOf(params);
    const data = {
      commandId,
      commandType: type,
      commandCode: code,
      target,
      params,
      priority,
      createdAt: isoTime(createdAt),
    };
    return secondFrame('command_push', data, clock.now());
  }

  function receive(frame: Frame, connected: ConnectedRobot): Promise<string | null> | string | null {
    const now = clock.now();
    warned.delete(connected);
    switch (frame.type) {
      case 'heartbeat':
      case 'ping':
        return secondFrame(
          'heartbeat_ack',
          { serverTime: now, nextHeartbeat: now + HEARTBEAT_MS, receivedAt: now },
          now,
        );
      case 'result':
        return result(frame, connected);
      case 'status_response':
        robotQuestions.answered(connected.robot, frame.data);
        return null;
      case 'authenticate':
      case 'pong':
        return null;
      default:
        return errorFrame(SECOND_CODES.badFrame, unknownType(frame.type), now);
    }
  }

  async function result({ data }: Frame, { robot }: ConnectedRobot): Promise<string | null> {
    const commandId = typeof data.commandId === 'string' ? data.commandId : '';
    if (commandId === '') return errorFrame(SECOND_CODES.badParameter, FRAME_SENTENCES.missingCommand, clock.now());
    const recorded = await robotResults.record({ id: robot }, commandId, outcomeOf(data));
    if (recorded === 'unknown' || recorded === 'foreign')
      return errorFrame(SECOND_CODES.badParameter, FRAME_SENTENCES.unknownCommand, clock.now());
    return secondFrame('result_ack', { commandId, status: 'received' }, clock.now());
  }

  /** Only its own frames count as heard: a phone whose app hangs still answers pings of the protocol. */
  function isSilent(connected: ConnectedRobot, silenceMs: number): boolean {
    const now = clock.now();
    const { socket } = connected;
    const heardAt = now - silenceMs;
    if (silenceMs >= SILENT_MS) {
      if (socket.readyState === socket.OPEN) {
        socket.send(errorFrame(SECOND_CODES.lateAuthentication, FRAME_SENTENCES.silent, now));
        socket.close(NORMAL, 'Nothing was heard for too long');
      }
      if (silenceMs > SILENT_MS + 5_000) socket.terminate();
      return true;
    }
    if (silenceMs >= WARN_MS && !warned.has(connected)) {
      warned.add(connected);
      const data = {
        warningType: 'timeout_soon',
        remainingTime: SILENT_MS - silenceMs,
        lastHeartbeatAt: heardAt,
        timeoutTime: heardAt + SILENT_MS,
      };
      socket.send(secondFrame('heartbeat_warning', data, now));
    }
    return false;
  }
}
