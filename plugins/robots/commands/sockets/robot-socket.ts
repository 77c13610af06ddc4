/** The one address of sockets, for both dialects: with a token in the query the first, without one the second. */

import type { RawData, WebSocket } from 'ws';
import { isAppError } from '#core/kit.ts';
import type { SocketRoute } from '#core/plugin.ts';
import { SOCKET_PATH } from '../../dialect.ts';
import { FRAME_SENTENCES } from '../../dialect-messages.ts';
import { isRobot, type RobotPrincipal } from '../../robots/robot-principal.ts';
import type { RobotOfSocket } from '../connected-robots.ts';
import { type ConnectedRobot, type Frame, frameOf, type RobotFrames } from '../frames.ts';
import { errorFrame, SECOND_CODES, secondFrame } from '../second-codes.ts';
import type { CommandsScope } from '../services.ts';

/** Frames a minute of one socket, those of the protocol (pings, pongs) among them; with more it is closed. */
const MOST_FRAMES = 1_200;
/** Pings and pongs of one that has not said whose it is. */
const MOST_BARE_SIGNS = 60;
const LAST_WORDS_MS = 5_000;
/** What frames with a result are called, in whichever dialect. */
const RESULTS: ReadonlySet<string> = new Set(['result', 'command_result']);

export const robotSocket: SocketRoute = {
  path: SOCKET_PATH,
  access: 'optional',
  summary: 'Commands for a robot, as they come: `?robotId=&token=`, or `authenticate` as the first frame',
  connected(socket, { principal, ip }, scope) {
    const own = scope as CommandsScope;
    if (isRobot(principal)) serve(socket, robotOf(principal), own.robotFrames.first, own);
    else awaitAuthentication(socket, ip, own);
  },
};

interface Received {
  bytes: RawData;
  isBinary: boolean;
}

/** A socket whose robot is known; `early` is what came while that was found out. */
function serve(
  socket: WebSocket,
  robot: RobotOfSocket,
  frames: RobotFrames,
  scope: CommandsScope,
  early: readonly Received[] = [],
): void {
  const { clock, connectedRobots, log, reconnectLimit } = scope;
  if (!reconnectLimit.admit(robot.id)) {
    const { code, reason, frame } = frames.refusal('tooMany');
    if (frame !== null) socket.send(frame);
    closeSoon(socket, code, reason, scope);
    return;
  }
  const connected = connectedRobots.add(robot, socket, frames);
  let frameCount = 0;
  let countedFrom = clock.elapsed();
  const isTooMuch = (): boolean => {
    const now = clock.elapsed();
    if (now - countedFrom >= 60_000) [frameCount, countedFrom] = [0, now];
    return ++frameCount > MOST_FRAMES;
  };
  const receive = ({ bytes, isBinary }: Received) => {
    connected.heardAt = clock.elapsed();
    if (isTooMuch()) return connectedRobots.refuse(connected, 'tooMany');
    const frame = isBinary ? null : frameOf(String(bytes));
    if (!frame) return socket.send(badFrame(frames, clock.now()));
    answer(frame, connected, scope).catch((error) => {
      log.error({ err: error, robot: robot.robotId }, 'A frame of a robot could not be handled');
      if (socket.readyState === socket.OPEN) socket.send(failure(frames, clock.now()));
    });
  };
  const countSign = (): void => {
    if (isTooMuch()) connectedRobots.refuse(connected, 'tooMany');
  };
  socket.on('message', (bytes, isBinary) => receive({ bytes, isBinary }));
  socket.on('ping', countSign);
  socket.on('pong', () => {
    if (frames.name === 'first') connected.heardAt = clock.elapsed();
    countSign();
  });
  socket.once('close', () => connectedRobots.remove(connected));
  for (const received of early) receive(received);
}

async function answer(frame: Frame, connected: ConnectedRobot, { connectedRobots }: CommandsScope): Promise<void> {
  const { socket, frames } = connected;
  const text = await frames.receive(frame, connected);
  if (text !== null && socket.readyState === socket.OPEN) socket.send(text);
  // A result may be what another command for the same recipient has waited for.
  if (RESULTS.has(frame.type) && connected.heldUp?.size !== 0) connectedRobots.pump(connected.robot);
}

/** A bare socket says who it is in its first frame, soon. */
function awaitAuthentication(socket: WebSocket, ip: string, scope: CommandsScope): void {
  const { clock, robotsConfig } = scope;
  const early: Received[] = [];
  const buffer = (bytes: RawData, isBinary: boolean): void => void early.push({ bytes, isBinary });
  const entered = scope.unauthenticatedSockets.enter(ip);
  if (!entered) {
    refuse(SECOND_CODES.tooMany, FRAME_SENTENCES.tooManySockets);
    return;
  }
  const leave = entered;
  socket.once('close', leave);
  const cancel = clock.after(robotsConfig.authenticateSeconds * 1000, () =>
    refuse(SECOND_CODES.lateAuthentication, FRAME_SENTENCES.lateAuthentication),
  );
  socket.once('close', cancel);
  let signs = 0;
  const countSign = (): void => {
    if (++signs > MOST_BARE_SIGNS) refuse(SECOND_CODES.tooMany, FRAME_SENTENCES.tooManyFrames);
  };
  socket.on('ping', countSign).on('pong', countSign);
  socket.once('message', (bytes, isBinary) => {
    cancel();
    // What a client sends behind it without waiting: no more is read than has come already.
    socket.pause();
    socket.on('message', buffer);
    const frame = isBinary ? null : frameOf(String(bytes));
    if (frame?.type !== 'authenticate') return refuse(SECOND_CODES.badFrame, FRAME_SENTENCES.authenticateFirst);
    void authenticate(frame).catch((error) => {
      if (!isAppError(error)) scope.log.error({ err: error }, 'A robot could not be authenticated');
      const isExpired = isAppError(error) && error.code === 'ROBOT_TOKEN_EXPIRED';
      if (isExpired) return refuse(SECOND_CODES.expiredToken, FRAME_SENTENCES.expiredToken);
      return isAppError(error)
        ? refuse(SECOND_CODES.invalidToken, FRAME_SENTENCES.invalidToken)
        : refuse(SECOND_CODES.internal, FRAME_SENTENCES.internal);
    });
  });

  async function authenticate({ data }: Frame): Promise<void> {
    const { robotId, token } = data;
    if (typeof robotId !== 'string' || typeof token !== 'string')
      return refuse(SECOND_CODES.badParameter, FRAME_SENTENCES.missingToken);
    const principal = await scope.robotAccess.principalOf(token);
    if (principal?.id !== robotId) return refuse(SECOND_CODES.invalidToken, FRAME_SENTENCES.invalidToken);
    if (socket.readyState !== socket.OPEN) return socket.resume();
    leave();
    socket.off('ping', countSign).off('pong', countSign).off('message', buffer);
    const { device_id, user_id } = principal.detail;
    const welcome = { authenticated: true, robotId, deviceId: device_id, userId: user_id };
    socket.send(secondFrame('authenticated', welcome, clock.now()));
    serve(socket, robotOf(principal), scope.robotFrames.second, scope, early);
    socket.resume();
  }

  function refuse(code: number, message: string): void {
    if (socket.readyState !== socket.OPEN) return;
    early.length = 0;
    socket.off('message', buffer).resume();
    socket.send(errorFrame(code, message, clock.now()));
    closeSoon(socket, code, message, scope);
  }
}

/** Who takes no leave is not waited for. */
function closeSoon(socket: WebSocket, code: number, reason: string, { clock }: CommandsScope): void {
  socket.close(code, reason);
  clock.after(LAST_WORDS_MS, () => socket.terminate());
}

function robotOf({ id: robotId, detail, endsAt }: RobotPrincipal): RobotOfSocket {
  return { id: detail.id, robotId, tenantId: detail.tenant_id, version: detail.token_version, endsAt };
}

function badFrame(frames: RobotFrames, now: number): string {
  if (frames.name === 'second') return errorFrame(SECOND_CODES.badFrame, FRAME_SENTENCES.badFrame, now);
  return JSON.stringify({ type: 'error', code: 400, message: FRAME_SENTENCES.badFrame });
}

function failure(frames: RobotFrames, now: number): string {
  if (frames.name === 'second') return errorFrame(SECOND_CODES.internal, FRAME_SENTENCES.internal, now);
  return JSON.stringify({ type: 'error', code: 500, message: FRAME_SENTENCES.internal });
}
