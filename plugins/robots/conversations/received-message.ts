/** A message as a robot has heard it. */
import { type Blobs, type StoredBytes, sanitizeText, sha256 } from '#core/kit.ts';
import type { KnownRobot } from '../robots/tables.ts';
import type { OwnId } from './identity/identity.ts';

export interface ReceivedMessage {
  /** What the client calls it: a repeat is answered as the first was. */
  clientId: string | null;
  spoken: string;
  rawSpoken: string;
  person: string;
  /** What the channel calls that person; null where there is the name alone. */
  ownId: OwnId | null;
  group: string;
  groupRemark: string;
  roomType: number;
  textType: number;
  atMe: boolean;
  /** Written on the robot's own phone, in the conversation with `person`; null when the client cannot tell. */
  isSelf: boolean | null;
  /** As the phone wrote it. */
  phoneTime: string | null;
  file: ReceivedFile | null;
}

export interface ReceivedFile {
  stored: StoredBytes;
  mediaType: string;
}

/** A message that has just been stored. */
export interface MessageReceipt {
  robot: KnownRobot;
  messageId: string;
  receivedAt: number;
  message: ReceivedMessage;
}

/** The bytes of a file, stored, with the type that they show themselves to be. */
export async function receivedFile(blobs: Blobs, bytes: Buffer): Promise<ReceivedFile> {
  const { fileTypeFromBuffer } = await import('file-type');
  const writer = blobs.writer();
  await writer.write(bytes);
  const found = await fileTypeFromBuffer(bytes);
  return { stored: await writer.finish(), mediaType: found?.mime ?? 'application/octet-stream' };
}

/** The same as a database gives it back: phones cut texts within a character, and names are compared with stored ones. */
export function storableMessage(message: ReceivedMessage): ReceivedMessage {
  const { clientId, phoneTime, ownId } = message;
  return {
    ...message,
    clientId: clientId === null ? null : keptId(clientId),
    phoneTime: phoneTime === null ? null : whole(phoneTime),
    spoken: whole(message.spoken),
    rawSpoken: whole(message.rawSpoken),
    person: nameOf(message.person),
    ownId: ownId && { account: nameOf(ownId.account), id: nameOf(ownId.id) },
    group: nameOf(message.group),
    groupRemark: whole(message.groupRemark),
  };
}

/** What a column would change is kept by its digest: two that are cut within a character are two messages. */
function keptId(id: string): string {
  return whole(id) === id ? id : `#${sha256(JSON.stringify(id))}`;
}

/** A name is one line: lists of names have one on each. */
function nameOf(text: string): string {
  return whole(text).replace(/\p{Cc}+/gu, ' ');
}

function whole(text: string): string {
  return sanitizeText(text, text.length);
}

/** Where something is said, as one text: no stored name has a NUL. */
export function placeKey(robot: number, group: string, person: string): string {
  return `${robot}\0${group}\0${person}`;
}
