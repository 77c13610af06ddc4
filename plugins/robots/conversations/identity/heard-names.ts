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
    async of({ tenant_id, channel, robot_id }, told) {
      const [name, id, account] = [told.name, told.id, told.account].map(oneLine);
      if (!id) return { person: told.name, ownId: null };
      const ownId = { account: account || robot_id, id };
      const place = { tenant_id, channel, account: ownId.account };
      return { person: await channelNames.nameOf(place, { name: name ?? '', address: id }), ownId };
    },
  };
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .toWellFormed();
}
