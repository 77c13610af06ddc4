/** A message as a robot has heard it. */
import type { StoredBytes } from '#core/database/blobs.ts';
import type { KnownRobot } from '../tables.ts';

export interface HeardMessage {
  /** What the client calls it: a repeat is answered as the first was. */
  clientId: string | null;
  spoken: string;
  rawSpoken: string;
  person: string;
  group: string;
  groupRemark: string;
  roomType: number;
  textType: number;
  atMe: boolean;
  /** Written on the robot's own phone, in the conversation with `person`. */
  isSelf: boolean;
  /** As the phone wrote it. */
  phoneTime: string | null;
  file: { stored: StoredBytes; mediaType: string } | null;
}

/** A message that has just been stored. */
export interface MessageReceipt {
  robot: KnownRobot;
  messageId: string;
  receivedAt: number;
  message: HeardMessage;
}
