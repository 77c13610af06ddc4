/** Who a phone says that it has heard: a name, and what the network calls them where its client can tell. */
import type { KnownRobot } from '../../robots/tables.ts';
import type { OwnId } from './identity.ts';
import type { ChannelNames } from './names.ts';

export interface HeardNames {
  /** What they are called here, and what has proved it. */
  of(robot: KnownRobot, told: ToldName): Promise<{ person: string; ownId: OwnId | null }>;
}

/** What is not said is ''. */
interface ToldName {
  name: string;
  id: string;
  /** For which the id is one person. */
  account: string;
}

export function createHeardNames({ channelNames }: { channelNames: ChannelNames }): HeardNames {
  return {
    async of(robot, told) {
      const [name, id, account] = [oneLine(told.name), oneLine(told.id), oneLine(told.account)];
      if (id === '') return { person: told.name, ownId: null };
      const { tenant_id, channel, robot_id } = robot;
      // Talks are known by their names on each robot: there no two people have the same.
      const place = { tenant_id, channel, account: robot_id };
      const address = account === '' ? id : `${id}@${account}`;
      const person = await channelNames.nameOf(place, { name, address });
      return { person, ownId: { account: accountOf(robot, account), id } };
    },
  };
}

/**
 * An id is one person for the robots of one owner: whoever has a robot says what it hears, and is told nothing of the contacts of
 * somebody else by saying their ids.
 */
function accountOf({ robot_id, user_id }: KnownRobot, account: string): string {
  return account === '' ? robot_id : `${user_id ?? 0}/${account}`;
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .toWellFormed();
}
