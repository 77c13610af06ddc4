/**
 * The robots whose sockets this process holds: offers them their commands, notices when one is silent, and gives way when
 * the robot has come back on another socket, here or in another process.
 */
import type { WebSocket } from 'ws';
import type { Services } from '#core/plugin.ts';
import type { Suspensions } from '#plugins/auth/contract.ts';
import type { RobotsConfig } from '../config.ts';
import type { Presence } from '../robots/presence.ts';
import { TOKENS_ENDED } from '../robots/robot-tokens.ts';
import type { CommandDispatch, Offer } from './dispatch.ts';
import type { ConnectedRobot, Refusal, RobotFrames } from './frames.ts';

/** Whose socket it is, and with which token it came. */
export interface RobotOfSocket {
  id: number;
  robotId: string;
  tenantId: string;
  version: number;
  endsAt: number;
}

/** `absent`: it is not connected here. `busy`: too much waits for it. */
export type SendOutcome = 'sent' | 'absent' | 'dialect' | 'busy';

export interface ConnectedRobots {
  /** Takes a socket over whose robot is known. The one that the robot had before is closed with 1000. */
  add(robot: RobotOfSocket, socket: WebSocket, frames: RobotFrames): ConnectedRobot;
  /** The socket has closed. */
  remove(connected: ConnectedRobot): void;
  /**
   * The socket that a command for these recipients may be pushed over at once; null when the robot is not here, or when
   * something waits that may have to come before it.
   */
  straightSocketOf(robot: number, recipients: readonly string[]): string | null;
  /** Sends what was stored as offered over that socket; what finds it closed is offered again later. */
  push(robot: number, socket: string, offers: readonly Offer[]): void;
  /** Offers what waits, if the robot is connected here. */
  pump(robot: number): void;
  /** Sends a frame of another kind (configuration, a question), if the robot is connected here in that dialect. */
  send(robot: number, dialect: RobotFrames['name'], frame: string): SendOutcome;
  /** Closes a socket, and says why as its dialect does. */
  refuse(connected: ConnectedRobot, why: Refusal): void;
  count(): number;
  start(): void;
  stop(): void;
}

/** Told when a robot has connected somewhere: other processes give it up. */
const CONNECTED = 'robots.connected';
const TICK_MS = 1_000;
const PING_MS = 30_000;
const BATCH = 100;
/** So many are looked after in one transaction: after a restart hundreds come at once, and others would wait for all. */
const MOST_PUMPING = 32;
/** What a slow socket may have before it; then it is offered no more for a moment. */
const MOST_BUFFERED = 1024 * 1024;
const STUCK_MS = 60_000;
const LAST_WORDS_MS = 5_000;
/** These clients come back on every other code: two phones would fight for ever. */
const REPLACED = 1000;

export function createConnectedRobots({
  clock,
  notices,
  log,
  config,
  commandDispatch,
  robotPresence,
  suspensions,
}: Services & {
  config: RobotsConfig;
  commandDispatch: CommandDispatch;
  robotPresence: Presence;
  suspensions: Suspensions;
}): ConnectedRobots {
  const byRobot = new Map<number, ConnectedRobot>();
  const toPump = new Set<ConnectedRobot>();
  let pumping = 0;
  const ending: (() => void)[] = [];
  let cancel: (() => void) | null = null;
  let presentAt = Number.NEGATIVE_INFINITY;

  return {
    add,
    remove,
    push,
    pump: (robot) => {
      const connected = byRobot.get(robot);
      if (!connected) return;
      connected.heldUp = null;
      pump(connected);
    },
    straightSocketOf(robot, recipients) {
      const connected = byRobot.get(robot);
      if (!connected?.heldUp || connected.isPumping || !hasRoom(connected)) return null;
      const { heldUp, id } = connected;
      return heldUp.size > 0 && recipients.some((name) => heldUp.has(name)) ? null : id;
    },
    send(robot, dialect, frame) {
      const connected = byRobot.get(robot);
      if (!connected) return 'absent';
      if (connected.frames.name !== dialect) return 'dialect';
      if (!hasRoom(connected)) return 'busy';
      connected.socket.send(frame);
      return 'sent';
    },
    refuse,
    count: () => byRobot.size,
    start() {
      ending.push(
        notices.on(CONNECTED, (payload) => giveWay(payload as { robot: number; socket: string })),
        notices.on(TOKENS_ENDED, (robot) => {
          const connected = byRobot.get(Number(robot));
          if (connected) refuse(connected, 'ended');
        }),
        suspensions.onChange((tenantId) => {
          void endSuspended(tenantId).catch((error) =>
            log.error({ err: error }, 'Sockets of a suspended organisation could not be closed'),
          );
        }),
        notices.onGap(() => {
          for (const connected of byRobot.values()) {
            connected.heldUp = null;
            pump(connected);
          }
        }),
      );
      plan();
    },
    stop() {
      for (const end of ending.splice(0)) end();
      cancel?.();
    },
  };

  function add(robot: RobotOfSocket, socket: WebSocket, frames: RobotFrames): ConnectedRobot {
    const now = clock.elapsed();
    const connected: ConnectedRobot = {
      id: crypto.randomUUID(),
      robot: robot.id,
      robotId: robot.robotId,
      tenantId: robot.tenantId,
      socket,
      frames,
      version: robot.version,
      endsAt: robot.endsAt,
      cameAt: clock.now(),
      heardAt: now,
      toldAt: now,
      heldUp: null,
      nextAt: Number.POSITIVE_INFINITY,
      isPumping: false,
      isAskedAgain: false,
      isRegistered: false,
      isDoubted: false,
      behind: null,
    };
    const former = byRobot.get(robot.id);
    byRobot.set(robot.id, connected);
    if (former) close(former, REPLACED, 'The robot has connected elsewhere');
    void register(connected).then(
      () => pump(connected),
      (error) => {
        log.error({ err: error, robot: robot.robotId }, 'A robot could not be connected');
        close(connected, 1013, 'Try again');
      },
    );
    return connected;
  }

  /** Of two sockets of a robot the one that came last is its, whichever process heard of which first. */
  async function register(connected: ConnectedRobot): Promise<void> {
    const { robot, id, version, cameAt } = connected;
    const { version: current, socket } = await robotPresence.connected(robot, id, cameAt);
    connected.isRegistered = true;
    // They ended while it came; later ends are told of.
    if (current !== version) refuse(connected, 'ended');
    if (socket !== id) return leave(connected);
    notices.sendNow(CONNECTED, { robot, socket: id });
    if (connected.isDoubted) await settle(connected);
  }

  /** Notices are lost while the database cannot be heard: what is stored says whose socket it is, and whether its tokens have ended. */
  async function putRight(connected: ConnectedRobot, version: number | undefined): Promise<void> {
    if (!connected.isRegistered) return;
    if (version === undefined) await settle(connected);
    else if (version !== connected.version) refuse(connected, 'ended');
  }

  /**
   * Another socket of the robot was told of, which came before it or after: what is stored says which. Nothing is stored
   * after a long sleep of the machine.
   */
  async function settle(connected: ConnectedRobot): Promise<void> {
    const current = await robotPresence.socketOf(connected.robot);
    if (byRobot.get(connected.robot) !== connected || current === connected.id) return;
    if (current === null) await register(connected);
    else leave(connected);
  }

  function leave(connected: ConnectedRobot): void {
    if (byRobot.get(connected.robot) === connected) byRobot.delete(connected.robot);
    close(connected, REPLACED, 'The robot has connected elsewhere');
  }

  function remove(connected: ConnectedRobot): void {
    if (byRobot.get(connected.robot) === connected) byRobot.delete(connected.robot);
    void robotPresence
      .disconnected(connected.robot, connected.id)
      .catch((error) =>
        log.warn({ err: error, robot: connected.robotId }, 'It could not be noted that a robot has left'),
      );
  }

  function giveWay({ robot, socket }: { robot: number; socket: string }): void {
    const connected = byRobot.get(robot);
    if (!connected || connected.id === socket) return;
    // Notices may be late: that one may have come before this one.
    if (!connected.isRegistered) connected.isDoubted = true;
    else
      void settle(connected).catch((error) =>
        log.warn({ err: error, robot: connected.robotId }, 'It could not be seen which socket is the robot’s'),
      );
  }

  /** Of this tenant; null: of any. */
  async function endSuspended(changed: string | null): Promise<void> {
    const tenants = new Set([...byRobot.values()].map(({ tenantId }) => tenantId));
    for (const tenantId of tenants) {
      if ((changed !== null && changed !== tenantId) || !(await suspensions.of(tenantId))) continue;
      for (const connected of byRobot.values()) if (connected.tenantId === tenantId) refuse(connected, 'ended');
    }
  }

  function push(robot: number, socket: string, offers: readonly Offer[]): void {
    const connected = byRobot.get(robot);
    if (connected?.id === socket) sendOffers(connected, offers);
  }

  function sendOffers(connected: ConnectedRobot, offers: readonly Offer[]): void {
    for (const offer of offers) connected.socket.send(connected.frames.command(offer));
    connected.nextAt = Math.min(connected.nextAt, clock.elapsed() + config.commands.repeatSeconds * 1000);
  }

  /** One at a time for each robot; what is asked for meanwhile is looked at afterwards. */
  function pump(connected: ConnectedRobot): void {
    if (connected.isPumping) connected.isAskedAgain = true;
    else toPump.add(connected);
    pumpNext();
  }

  function pumpNext(): void {
    for (const next of toPump) {
      if (pumping >= MOST_PUMPING) return;
      toPump.delete(next);
      pumping++;
      void offer(next).finally(() => {
        pumping--;
        pumpNext();
      });
    }
  }

  async function offer(connected: ConnectedRobot): Promise<void> {
    if (byRobot.get(connected.robot) !== connected) return;
    connected.isPumping = true;
    try {
      do {
        connected.isAskedAgain = false;
        if (!hasRoom(connected)) {
          connected.heldUp = null;
          connected.nextAt = clock.elapsed();
          break;
        }
        const claim = { robot: connected.robot, over: connected.id, limit: BATCH };
        const { offers, hasMore, heldUp, nextAt } = await commandDispatch.claim(claim);
        if (byRobot.get(connected.robot) !== connected) {
          if (offers.length > 0) await commandDispatch.giveBack(claim, offers);
          return;
        }
        connected.nextAt = nextAt === null ? Number.POSITIVE_INFINITY : clock.elapsed() + nextAt - clock.now();
        sendOffers(connected, offers);
        connected.heldUp = heldUp;
        if (hasMore) connected.isAskedAgain = true;
      } while (connected.isAskedAgain);
    } catch (error) {
      log.warn({ err: error, robot: connected.robotId }, 'Commands could not be offered; trying again');
      connected.heldUp = null;
      connected.nextAt = clock.elapsed() + TICK_MS;
    } finally {
      connected.isPumping = false;
    }
  }

  function plan(): void {
    cancel = clock.after(TICK_MS, tick);
  }

  function tick(): void {
    const now = clock.elapsed();
    for (const connected of byRobot.values()) {
      const silence = now - connected.heardAt;
      if (connected.frames.isSilent(connected, silence)) continue;
      if (connected.endsAt <= clock.now()) {
        refuse(connected, 'expired');
        continue;
      }
      if (now - connected.toldAt >= PING_MS) {
        connected.toldAt = now;
        connected.socket.ping();
      }
      if (isStuck(connected, now)) {
        refuse(connected, 'tooMany');
        continue;
      }
      if (connected.nextAt <= now) {
        connected.nextAt = Number.POSITIVE_INFINITY;
        pump(connected);
      }
    }
    if (now - presentAt >= PING_MS) {
      presentAt = now;
      const present = [...byRobot.values()].filter(({ heardAt }) => now - heardAt < 2 * PING_MS);
      void robotPresence
        .present(present.map(({ id }) => id))
        .then((current) => Promise.all(present.map((one) => putRight(one, current.get(one.id)))))
        .catch((error) => log.warn({ err: error }, 'It could not be noted which robots are here'));
    }
    plan();
  }

  function refuse(connected: ConnectedRobot, why: Refusal): void {
    const { socket, frames } = connected;
    if (socket.readyState !== socket.OPEN) return;
    const { code, reason, frame } = frames.refusal(why);
    if (frame !== null) socket.send(frame);
    close(connected, code, reason);
  }

  /** What is closed is nobody's any more at once, whether its client takes leave or not. */
  function close(connected: ConnectedRobot, code: number, reason: string): void {
    connected.socket.close(code, reason);
    clock.after(LAST_WORDS_MS, () => connected.socket.terminate());
  }
}

/** More than a megabyte waits for it, and for a minute nothing of that was read. */
function isStuck(connected: ConnectedRobot, now: number): boolean {
  const waiting = connected.socket.bufferedAmount;
  const { behind } = connected;
  if (waiting < MOST_BUFFERED) connected.behind = null;
  else if (behind === null || waiting < behind.bytes) connected.behind = { bytes: waiting, since: now };
  else return now - behind.since >= STUCK_MS;
  return false;
}

function hasRoom({ socket }: ConnectedRobot): boolean {
  return socket.readyState === socket.OPEN && socket.bufferedAmount < MOST_BUFFERED;
}
