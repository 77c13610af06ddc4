/** Checks the audit log from end to end: each entry against the one before it, and the ends against what is kept of them. */
import type { Database } from '#core/plugin.ts';
import type { AuditChains } from './audit-chains.ts';
import { AUDIT_CHAINS, type AuditHashes, GENESIS } from './hashes.ts';
import type { AuditChain, AuditRow } from './tables.ts';

const ROWS_PER_CHECK = 1_000;
/** The entry that says whose addresses were taken out of the log. */
export const ORIGIN_FORGOTTEN = 'user.origin_forgotten';

interface Walk {
  entries: number;
  firstBroken: number | null;
  /** People whose entries have lost their address, and people of whom an entry says that they should. */
  bare: Set<string | null>;
  forgotten: Set<string | null>;
}

/** What a check of the whole log found. */
export interface ChainReport {
  ok: boolean;
  entries: number;
  /** Number of the first entry that was changed, or that stands after a removed one. */
  first_broken: number | null;
  /** What is wrong, in a sentence. */
  problem: string | null;
}

export async function verifyChains(db: Database, chains: AuditChains): Promise<ChainReport> {
  await chains.linkAll();
  const walk: Walk = { entries: 0, firstBroken: null, bare: new Set(), forgotten: new Set() };
  for (const chain of AUDIT_CHAINS) {
    if (!(await walkChain(db, chains.hashes, chain, walk)))
      return report(walk, `In the chain '${chain}' an entry was changed or removed`);
  }
  const problem = (await chains.problemAtEnds()) ?? unknownForgetting(walk) ?? (await foreignEntries(db));
  return report(walk, problem);
}

async function walkChain(db: Database, hashes: AuditHashes, chain: AuditChain, walk: Walk): Promise<boolean> {
  const head = await db.read('auth_audit_chains').where({ name: chain }).first();
  const rows = db.read('auth_audit_entries').where({ chain });
  const anchor = head?.anchor_seq ?? 0;
  let seq = anchor;
  let previous = anchor === 0 ? GENESIS : ((await rows.clone().where({ seq }).first('hash'))?.hash ?? GENESIS);
  let some: AuditRow[] = [];
  do {
    some = await rows.clone().where('seq', '>', seq).orderBy('seq').limit(ROWS_PER_CHECK);
    for (const row of some) {
      if (row.seq !== seq + 1 || !fits(hashes, row, previous, walk)) {
        // Old tries may have been removed while this was on its way to them.
        const now = await db.read('auth_audit_chains').where({ name: chain }).first('anchor_seq');
        if (now && now.anchor_seq > anchor) return walkChain(db, hashes, chain, walk);
        walk.firstBroken = row.seq;
        return false;
      }
      seq = row.seq;
      previous = row.hash ?? '';
      walk.entries++;
    }
  } while (some.length === ROWS_PER_CHECK);
  if (!head || seq >= head.last_seq) return true;
  walk.firstBroken = seq + 1;
  return false;
}

function fits(hashes: AuditHashes, row: AuditRow, previous: string, walk: Walk): boolean {
  if (row.action === ORIGIN_FORGOTTEN) walk.forgotten.add(row.target_id);
  const isBare = row.ip === null && row.user_agent === null;
  if (row.uuid === null && row.mac !== null) {
    walk.bare.add(row.actor_id);
    return isBare && row.mac === hashes.withoutOrigin(row);
  }
  if (row.hash !== hashes.link(row, row.seq ?? 0, previous)) return false;
  if (row.uuid === null) return true;
  if (row.origin_mac !== hashes.origin(row)) {
    if (!isBare) return false;
    walk.bare.add(row.actor_id);
  }
  return row.mac === hashes.entry(row);
}

function unknownForgetting({ bare, forgotten }: Walk): string | null {
  const unknown = [...bare].find((actor) => !forgotten.has(actor));
  return unknown === undefined ? null : `Addresses were taken out of entries of ${unknown}, who was not erased`;
}

async function foreignEntries(db: Database): Promise<string | null> {
  const foreign = await db.read('auth_audit_entries').where('seq', '<', 0).first('id');
  return foreign ? `Entry ${foreign.id} was not made by this server` : null;
}

function report(walk: Walk, problem: string | null): ChainReport {
  return { ok: problem === null, entries: walk.entries, first_broken: walk.firstBroken, problem };
}
