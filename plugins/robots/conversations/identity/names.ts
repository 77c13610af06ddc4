/**
 * What people and groups of a network are called here, where the network calls them by an id. Two people may have the same name,
 * and conversations are known by theirs: who comes second bears their id behind it, and keeps the name whatever they call
 * themselves later. Table: robots_channel_names.
 */
import type { Database, Services } from '#core/plugin.ts';
import type { ChannelName } from '../../contract.ts';
import type { RobotHooks } from '../../robots/hooks.ts';
import type { ConversationHooks } from '../hooks.ts';

export interface ChannelNames {
  /** The name of an address, made when it is new. */
  nameOf(place: ChannelPlace, wanted: ChannelName): Promise<string>;
  /** Null when nobody of this name has been heard. */
  addressOf(place: ChannelPlace, name: string): Promise<string | null>;
  /** Erases all of a tenant. */
  erase(tenantId: string): Promise<void>;
}

export interface ChannelPlace {
  tenant_id: string;
  channel: string;
  /** Within which its ids mean one person; '' for all of the network. */
  account: string;
}

const LONGEST = 120;
/** With the mark it has to go into the column. */
const LONGEST_MARKED = 190;
/** How a name looks that has its address behind it: nobody may call themselves so. */
const MARKED = /#\S+$/;

export function createChannelNames({
  db,
  conversationHooks,
  robotHooks,
}: Services & { conversationHooks: ConversationHooks; robotHooks: RobotHooks }): ChannelNames {
  conversationHooks.personErased.add(async ({ contacts }) => {
    // Those that were merged into one may be of other channels.
    const known = await db
      .write('robots_contacts')
      .whereIn('id', [...contacts])
      .select('tenant_id', 'channel', 'account', 'name');
    // What phones have heard is named on each robot.
    const spoken = await db
      .write('robots_conversations as own')
      .join('robots_robots as robot', 'robot.id', 'own.robot')
      .whereIn('own.contact', [...contacts])
      .select('own.tenant_id', 'robot.channel', { account: 'robot.robot_id', name: 'own.person' });
    for (const place of [...known, ...spoken]) await db.write('robots_channel_names').where(place).delete();
  });
  robotHooks.erasing.add(async (id) => {
    const robot = await db.write('robots_robots').where({ id }).first('tenant_id', 'channel', 'robot_id');
    if (!robot) return;
    const { tenant_id, channel, robot_id: account } = robot;
    await db.write('robots_channel_names').where({ tenant_id, channel, account }).delete();
  });
  return {
    async nameOf({ tenant_id, channel, account }, { name, address }) {
      const place = { tenant_id, channel, account };
      const known = await nameAt(db, place, address);
      if (known !== null) return known;
      const plain = name.replace(/\s+/g, ' ').trim().slice(0, LONGEST).toWellFormed();
      const marked = `${plain.slice(0, LONGEST_MARKED - address.length).toWellFormed()} #${address}`.trim();
      for (const own of plain === '' || MARKED.test(plain) ? [marked] : [plain, marked])
        await db
          .write('robots_channel_names')
          .insert({ ...place, name: own, address })
          .onConflict()
          .ignore();
      // Of both, the one that was free; of two processes, what the first has written.
      return (await nameAt(db, place, address)) ?? marked;
    },
    async addressOf({ tenant_id, channel, account }, name) {
      const row = await db.write('robots_channel_names').where({ tenant_id, channel, account, name }).first('address');
      return row?.address ?? null;
    },
    async erase(tenantId) {
      await db.write('robots_channel_names').where({ tenant_id: tenantId }).delete();
    },
  };
}

async function nameAt(db: Database, place: ChannelPlace, address: string): Promise<string | null> {
  const row = await db
    .write('robots_channel_names')
    .where({ ...place, address })
    .first('name');
  return row?.name ?? null;
}
