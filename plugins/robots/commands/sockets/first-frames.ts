/** The frames of the WorkBot document: `ping`, `pong`, `command`; results are taken this way too. */

import type { Services } from '#core/plugin.ts';
import type { RobotsConfig } from '../../config.ts';
import { FRAME_SENTENCES, unknownType } from '../../dialect-messages.ts';
import { textOf } from '../../serialization.ts';
import type { ConnectedRobot, Frame, RobotFrames } from '../frames.ts';
import type { Results } from '../results.ts';
import { commandView, outcomeOf } from '../serialization.ts';

/** RFC 6455 §7.4.1: going away, violation of a policy. */
const GOING_AWAY = 1001;
const POLICY = 1008;

export function firstFrames({
  clock,
  robotResults,
  robotsConfig,
}: Pick<Services, 'clock'> & { robotResults: Results; robotsConfig: RobotsConfig }): RobotFrames {
  return {
    name: 'first',
    command: (offer) => JSON.stringify({ type: 'command', data: commandView(offer) }),
    receive,
    refusal: (why) => ({
      code: POLICY,
      frame: null,
      reason: why === 'tooMany' ? 'Too many frames' : 'Sign in again',
    }),
    isSilent({ socket }, silenceMs) {
      if (silenceMs < robotsConfig.silenceSeconds * 1000) return false;
      if (socket.readyState === socket.OPEN) socket.close(GOING_AWAY, 'Nothing was heard for too long');
      // Half-open: nobody will take leave.
      if (silenceMs > robotsConfig.silenceSeconds * 1000 + 5_000) socket.terminate();
      return true;
    },
  };

  async function receive({ type, data, whole }: Frame, { robot }: ConnectedRobot): Promise<string | null> {
    if (type === 'ping') return JSON.stringify({ type: 'pong', timestamp: clock.now() });
    if (type === 'pong') return null;
    if (type !== 'result' && type !== 'command_result')
      return JSON.stringify({ type: 'error', code: 400, message: unknownType(type) });
    const report = Object.keys(data).length > 0 ? data : whole;
    const commandId = textOf(report.commandId);
    const recorded = await robotResults.record({ id: robot }, commandId, outcomeOf(report));
    if (recorded === 'unknown')
      return JSON.stringify({ type: 'error', code: 404, message: FRAME_SENTENCES.unknownCommand });
    if (recorded === 'foreign')
      return JSON.stringify({ type: 'error', code: 403, message: FRAME_SENTENCES.foreignToken });
    return JSON.stringify({ type: 'result_ack', data: { commandId } });
  }
}
