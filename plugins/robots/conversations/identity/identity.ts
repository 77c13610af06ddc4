/**
 * Who somebody is. A channel that calls people by an id of its own has proved who it is: its account and that id are the person,
 * whatever they call themselves, in every room. Where there is a name alone (phones), which anybody may take, it is that name on
 * that robot in that room, and nobody else until a person, or an id, says so.
 */
import { isPhone } from '../../robots/robots.ts';
import type { KnownRobot } from '../../robots/tables.ts';

/** What a channel calls somebody. */
export interface OwnId {
  /** Within which the id means one person; '' for all of the network. */
  account: string;
  id: string;
}

/** Somebody as they were heard. */
export interface HeardPerson {
  robot: Pick<KnownRobot, 'id' | 'channel' | 'name'>;
  /** '' for a conversation with them alone. */
  group: string;
  name: string;
  /** Null where there is a name alone. */
  ownId: OwnId | null;
}

/** What of a contact says who it is. `known_as` is one for each on a channel of a tenant. */
export interface Identity {
  known_as: string;
  /** The robot on which the name is somebody; 0 where the channel itself says who people are. */
  robot: number;
  /** The group in which the name was heard; '' alone, and where the channel itself says who people are. */
  room: string;
  account: string;
  /** '' while nothing is proved. */
  own_id: string;
}

export function identityOf(heard: HeardPerson): Identity {
  const { ownId } = heard;
  if (ownId === null) return nameAlone(heard);
  const { account, id } = ownId;
  return { known_as: `id ${account}\n${id}`, robot: 0, room: '', account, own_id: id };
}

/** Who somebody is while nothing but the name is known. */
export function nameAlone({ robot, group, name }: Omit<HeardPerson, 'ownId'>): Identity {
  const own = robotOfNames(robot);
  const room = own === 0 ? '' : group;
  return { known_as: `name ${own}\n${room}\n${name}`, robot: own, room, account: '', own_id: '' };
}

export function isProved({ own_id }: Pick<Identity, 'own_id'>): boolean {
  return own_id !== '';
}

/** The key of the robot on which alone a name is somebody; 0 where the channel itself says who people are. */
export function robotOfNames({ id, channel }: Pick<KnownRobot, 'id' | 'channel'>): number {
  return isPhone({ channel }) ? id : 0;
}

/** Whose words something is that a robot has heard. */
export type Speaker =
  /** Written on the robot's own phone, which says so. */
  | 'self'
  /** Somebody who is called as the robot is: anybody may be. They speak neither for it nor as a customer of its. */
  | 'namesake'
  | 'other';

/** Clients that can tell say whether it was written on their own phone (`isSelf`); with the others the name is all there is. */
export function speakerOf(robot: Pick<KnownRobot, 'name'>, { isSelf, person }: Said): Speaker {
  if (isSelf !== null) return isSelf ? 'self' : 'other';
  return bearsNameOf(robot, person) ? 'namesake' : 'other';
}

interface Said {
  isSelf: boolean | null;
  person: string;
}

export function bearsNameOf(robot: Pick<KnownRobot, 'name'>, person: string): boolean {
  const name = folded(robot.name);
  return name !== '' && folded(person) === name;
}

/** What looks the same is the same. */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase();
}
