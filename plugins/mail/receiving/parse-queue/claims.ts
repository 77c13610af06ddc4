/**
 * Claims of messages that wait for the parser. A message is claimed before it is looked at, with a lease and a count of tries, in one statement that
 * leaves out what another replica is claiming: two replicas never parse the same mail, what a dead one had claimed is
 * free when its lease ends, and a try that ended the process has been counted. Table: mail_messages.
 */
import ipaddr from 'ipaddr.js';
import { addressGroup, CLOCK_TOLERANCE_MS, rowsOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { SMALL_BYTES } from '../../messages/workers/pool.ts';
import { MAILBOX_COLUMNS, MESSAGE_COLUMNS, type Waiting } from './stages.ts';

/** `small`: many at once, at the first try. `large`: few at once, also what was tried before. */
export type ParseLane = 'small' | 'large';

/** Sending clients whose mail is left out: these addresses, and those that begin so. */
export interface OthersThan {
  addresses: readonly string[];
  beginnings: readonly string[];
}

export interface ParseClaims {
  /** The oldest that nobody has, in the order of arrival. */
  claim(lane: ParseLane, most: number, othersThan: OthersThan | null): Promise<Waiting[]>;
  /** Of what is small and waits in this mailbox, as far as nobody has it. */
  claimOf(mailboxId: number, most: number, othersThan: OthersThan | null): Promise<Waiting[]>;
  /** This one, when nobody has it. */
  claimOne(id: number): Promise<Waiting | undefined>;
  /**
   * Lets others have them after `delayMs`; `isTry: false` takes back that they were tried. Throws when the database cannot
   * write; then it is done before the next claim, and until it is, nothing is claimed here.
   */
  release(ids: readonly number[], options: { delayMs: number; isTry: boolean }): Promise<void>;
  /** Whether there is any that nobody has, or that is still to be let go. */
  hasAny(): Promise<boolean>;
  /** Frees what an earlier process on this database had claimed. Only for who is alone on it. */
  freeAll(): Promise<void>;
}

/** Longer than any message takes; after it another replica may try. */
const LEASE_MS = 60_000;
/** Mail of a mailbox that is being removed goes with it. */
const STAYS = `not exists (select 1 from mail_mailboxes
  where mail_mailboxes.id = mail_messages.mailbox_id and mail_mailboxes.removed_at is not null)`;
const FREE = `parsed_at is null and (parse_lease_until is null or parse_lease_until <= ? or parse_lease_until > ?) and ${STAYS}`;
const LANES: Record<ParseLane, string> = {
  small: `size_bytes <= ${SMALL_BYTES} and parse_tries = 0`,
  large: `(size_bytes > ${SMALL_BYTES} or parse_tries > 0)`,
};

export function createParseClaims({ db, clock }: Pick<Services, 'db' | 'clock'>): ParseClaims {
  const free = (): number[] => [clock.now(), clock.now() + LEASE_MS + CLOCK_TOLERANCE_MS];
  /** What was to be let go and could not be: its lease would hold it for a minute, and a try be counted that was none. */
  const owed: { ids: readonly number[]; isTry: boolean }[] = [];
  let settling: Promise<void> | null = null;
  const skipLocked = db.client === 'pg' ? 'for update skip locked' : '';

  return {
    async claim(lane, most, othersThan) {
      await settle();
      const others = leavingOut(othersThan);
      return takeWhereAny(`${FREE} and ${LANES[lane]}${others.sql}`, [...free(), ...others.bindings], most);
    },
    async claimOf(mailboxId, most, othersThan) {
      await settle();
      const others = leavingOut(othersThan);
      const condition = `${FREE} and ${LANES.small}${others.sql} and mailbox_id = ?`;
      return takeWhereAny(condition, [...free(), ...others.bindings, mailboxId], most);
    },
    async claimOne(id) {
      await settle();
      const [row] = await take(`${FREE} and id = ?`, [...free(), id], 1);
      return row;
    },
    async release(ids, { delayMs, isTry }) {
      if (ids.length === 0) return;
      try {
        await letGo(ids, { until: delayMs > 0 ? clock.now() + delayMs : null, isTry });
      } catch (error) {
        owed.push({ ids, isTry });
        throw error;
      }
    },
    async hasAny() {
      if (owed.length > 0) return true;
      return Boolean(await db.read('mail_messages').select('id').whereRaw(FREE, free()).first());
    },
    async freeAll() {
      await db
        .write('mail_messages')
        .whereNull('parsed_at')
        .whereNotNull('parse_lease_until')
        .update({ parse_lease_until: null });
    },
  };

  function settle(): Promise<void> {
    if (owed.length === 0) return Promise.resolve();
    settling ??= settleAll().finally(() => {
      settling = null;
    });
    return settling;
  }

  async function settleAll(): Promise<void> {
    for (let one = owed[0]; one; one = owed[0]) {
      await letGo(one.ids, { until: null, isTry: one.isTry });
      owed.shift();
    }
  }

  async function letGo(ids: readonly number[], { until, isTry }: { until: number | null; isTry: boolean }) {
    const query = db.write('mail_messages').whereIn('id', ids).whereNull('parsed_at');
    await query.update({
      parse_lease_until: until,
      ...(!isTry && { parse_tries: db.write.raw('case when parse_tries > 0 then parse_tries - 1 else 0 end') }),
    });
  }

  /** Nobody waits for the writer where there is nothing to claim. */
  async function takeWhereAny(
    condition: string,
    bindings: readonly (number | string)[],
    most: number,
  ): Promise<Waiting[]> {
    const found = await db.read('mail_messages').select('id').whereRaw(condition, bindings).first();
    return found ? take(condition, bindings, most) : [];
  }

  async function take(condition: string, bindings: readonly (number | string)[], most: number): Promise<Waiting[]> {
    const claimed = await db.write.raw(
      `update mail_messages set parse_tries = parse_tries + 1, parse_lease_until = ?
       where id in (select id from mail_messages where ${condition} order by id limit ? ${skipLocked}) returning id`,
      [clock.now() + LEASE_MS, ...bindings, most],
    );
    const ids = rowsOf<{ id: number }>(claimed).map(({ id }) => id);
    if (ids.length === 0) return [];
    try {
      return await rowsWith(ids);
    } catch (error) {
      owed.push({ ids, isTry: false });
      throw error;
    }
  }

  function rowsWith(ids: readonly number[]): Promise<Waiting[]> {
    return db
      .read('mail_messages')
      .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_messages.mailbox_id')
      .whereIn('mail_messages.id', ids)
      .orderBy('mail_messages.id')
      .select(
        ...MESSAGE_COLUMNS.map((column) => `mail_messages.${column}` as const),
        ...MAILBOX_COLUMNS.map((column) => `mail_mailboxes.${column}` as const),
      );
  }
}

function leavingOut(left: OthersThan | null): { sql: string; bindings: string[] } {
  if (!left) return { sql: '', bindings: [] };
  const { addresses, beginnings } = left;
  const ones = addresses.map(() => ' and remote_ip <> ?');
  const networks = beginnings.map(() => ' and remote_ip not like ?');
  return {
    sql: [...ones, ...networks].join(''),
    bindings: [...addresses, ...beginnings.map((beginning) => `${beginning}%`)],
  };
}

/**
 * Sending clients that have their share of a lane, as a claim leaves them out; null when there are none. Mail of one that is slow
 * to read, however much of it there is, leaves places free for mail of everybody else.
 */
export function clientsAtTheirShare(addresses: Iterable<string>, share: number): OthersThan | null {
  const taken = new Map<string, number>();
  for (const address of addresses) taken.set(addressGroup(address), (taken.get(addressGroup(address)) ?? 0) + 1);
  const groups = [...taken.keys()].filter((group) => (taken.get(group) ?? 0) >= share);
  if (groups.length === 0) return null;
  return {
    addresses: groups.filter((group) => !group.endsWith('/64')),
    beginnings: groups.filter((group) => group.endsWith('/64')).flatMap(beginningsOf),
  };
}

/** How addresses of an IPv6 network of 64 bits begin when they are written: zeros of the network are left out or not. */
function beginningsOf(network: string): string[] {
  const { parts } = ipaddr.IPv6.parseCIDR(network)[0] as ipaddr.IPv6;
  const own = parts.slice(0, 4);
  const shortest = new ipaddr.IPv6([...own, 0xffff, 0xffff, 0xffff, 0xffff]).toString();
  const written = own.map((part) => part.toString(16)).join(':');
  return [...new Set([shortest.slice(0, -'ffff:ffff:ffff:ffff'.length), `${written}:`, `${trimZeros(own)}::`])];
}

/** `2001:db8:0:0` as it stands before the zeros of a host that begins with zeros as well. */
function trimZeros(parts: readonly number[]): string {
  const last = parts.findLastIndex((part) => part !== 0);
  return parts
    .slice(0, last + 1)
    .map((part) => part.toString(16))
    .join(':');
}
