/** What a dialect of the socket is: how commands are written, what is understood, and what silence means. */
import type { WebSocket } from 'ws';
import { isTooDeep } from '#core/kit.ts';
import type { Offer } from './dispatch.ts';

export interface ConnectedRobot {
  /** Of the tokens that it came with. */
  version: number;
  /** When its token ends. */
  endsAt: number;
  /** Of the socket; a robot that comes back has another one. */
  id: string;
  /** Integer key of the robot. */
  robot: number;
  robotId: string;
  tenantId: string;
  socket: WebSocket;
  frames: RobotFrames;
  /** When its socket came. */
  cameAt: number;
  /** When it was last heard, by `clock.elapsed()` as the times below: a clock that is set silences nobody. */
  heardAt: number;
  /** When it was last told or asked something to keep the line open. */
  toldAt: number;
  /** Those who wait for something else: what is new for others is pushed at once. Null: nothing is. */
  heldUp: ReadonlySet<string> | null;
  /** When something is to be offered again. */
  nextAt: number;
  /** The least that waited for it to be read since then, while that is too much. */
  behind: { bytes: number; since: number } | null;
  /** It is stored that this is the robot's socket. */
  isRegistered: boolean;
  /** Another socket of the robot was registered while this one was about to be. */
  isDoubted: boolean;
  isPumping: boolean;
  isAskedAgain: boolean;
}

/** Why a socket is closed against its client's will. */
export type Refusal = 'tooMany' | 'ended' | 'expired';

export interface RobotFrames {
  name: 'first' | 'second';
  /** How that is said: the code of closing, and a frame before it. */
  refusal(why: Refusal): { code: number; reason: string; frame: string | null };
  command(offer: Offer): string;
  /** A frame of a robot that is known; gives the answer, null for none. */
  receive(frame: Frame, connected: ConnectedRobot): Promise<string | null> | string | null;
  /** Looked at every second: warns or closes, and says whether it has closed. */
  isSilent(connected: ConnectedRobot, silenceMs: number): boolean;
}

export interface Frame {
  type: string;
  data: Record<string, unknown>;
  /** Everything beside `type`. */
  whole: Record<string, unknown>;
}

/** Null for what is no frame: no JSON, no object, no type, or nested deeper than a body may be. */
export function frameOf(text: string): Frame | null {
  if (isTooDeep(text)) return null;
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof whole !== 'object' || whole === null || !('type' in whole) || typeof whole.type !== 'string') return null;
  const fields = whole as Record<string, unknown>;
  const { data } = fields;
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  return { type: whole.type, data: isObject ? (data as Record<string, unknown>) : {}, whole: fields };
}
