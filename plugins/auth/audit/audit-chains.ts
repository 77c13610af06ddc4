/**
 * Links stored entries into the audit log's chains, one process at a time, shortly after their commit: so that no
 * transaction waits for another one's entry (docs/decisions/0012). Tables: auth_audit_entries, auth_audit_chains.
 */
import { isAppError, messageOf } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { AUDIT_CHAINS, type AuditHashes, createAuditHashes, GENESIS } from './hashes.ts';
import { createAuditHeads, type KnownHeads } from './known-heads.ts';
import type { AuditChain, AuditChainRow, AuditRow } from './tables.ts';

export interface AuditChains {
  hashes: AuditHashes;
  /** Begins to link what is stored, now and after each commit that is told by `wake`. */
  start(): Promise<void>;
  /** Links what is left, and ends. */
  stop(): Promise<void>;
  /** Entries were committed. */
  wake(): void;
  /** Links everything that was committed before; waits for another process that is at it. */
  linkAll(): Promise<void>;
  /** Removes failed tries from before this time (ms since the epoch). */
  prune(before: number): Promise<void>;
  /** What does not fit at the ends of the chains, as a sentence; null when all does. Throws `unavailable`. */
  problemAtEnds(): Promise<string | null>;
  /** Takes the log's ends as they are now, after a restore or a damage that somebody has looked into. */
  accept(): Promise<void>;
}

/** Entries that come together are linked together. */
const DELAY_MS = 100;
/** For entries of a process that ended before it could link them. */
const POLL_MS = 30_000;
const ROWS_PER_STEP = 200;
const PRUNED_PER_STEP = 5_000;
const MAX_ATTEMPTS = 100_000;
/** More than this over, and they are removed: not a deletion for each new one. */
const ATTEMPTS_SLACK = 1_000;

type Step = 'done' | 'more' | 'busy' | 'damaged';

export type AuditChainsParts = Pick<Services, 'db' | 'secrets' | 'log' | 'keptOutside'>;

export function createAuditChains({ db, secrets, keptOutside, log }: AuditChainsParts): AuditChains {
  const hashes = createAuditHashes(secrets.derive('auth.audit'));
  const knownHeads = createAuditHeads(keptOutside, hashes);
  let isStarted = false;
  let timer: NodeJS.Timeout | undefined;
  let poll: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let isDamageReported = false;
  /** What is known outside, as this process wrote it, and when. */
  let kept = '';
  let keptAt = Number.NEGATIVE_INFINITY;

  return { hashes, start, stop, wake, linkAll, prune, problemAtEnds, accept };

  async function start(): Promise<void> {
    await db.transaction(async (trx) => {
      for (const chain of AUDIT_CHAINS) await makeFirstHead(trx, chain);
    });
    try {
      reportDamage(await problemAtEnds());
    } catch (error) {
      if (!isAppError(error)) throw error;
      log.warn(
        { reason: messageOf(error) },
        'The ends of the audit log could not be compared; that follows with the next entries',
      );
    }
    isStarted = true;
    poll = setInterval(wake, POLL_MS);
    poll.unref();
    wake();
  }

  async function stop(): Promise<void> {
    if (!isStarted) return;
    isStarted = false;
    clearInterval(poll);
    clearTimeout(timer);
    await running;
    await linkAll();
  }

  function wake(): void {
    if (!isStarted || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      // It may have looked already: what came since is for the next one.
      if (running) return wake();
      running = run().finally(() => {
        running = null;
      });
    }, DELAY_MS);
    timer.unref();
  }

  async function run(): Promise<void> {
    try {
      const steps = [];
      for (const chain of AUDIT_CHAINS) steps.push(await linkChain(chain, false));
      // The next look comes half a minute later.
      if (performance.now() - keptAt >= keptOutside.paceMs) await storeHeads();
      // What came while another process was linking is not known to be in.
      if (steps.includes('busy')) wake();
    } catch (error) {
      log.error({ err: error }, 'The audit log could not be linked; it is tried again');
    }
  }

  async function linkAll(): Promise<void> {
    for (const chain of AUDIT_CHAINS) await linkChain(chain, true);
    await storeHeads();
  }

  async function linkChain(chain: AuditChain, isPatient: boolean): Promise<Step> {
    let step: Step = 'more';
    while (step === 'more') step = await db.transaction((trx) => linkSome(trx, chain, isPatient));
    if (step === 'damaged') reportDamage(`The head of the chain '${chain}' is missing or was changed`);
    return step;
  }

  /** Nothing here waits for a row that another transaction has, but for the head when it is patient. */
  async function linkSome(trx: Transaction, chain: AuditChain, isPatient: boolean): Promise<Step> {
    const head = await lockHead(trx, chain, isPatient);
    if (head === 'busy' || head === 'damaged') return head;
    const waiting = trx('auth_audit_entries').where({ chain }).whereNull('seq').orderBy('id').limit(ROWS_PER_STEP);
    const rows: AuditRow[] = await (db.client === 'pg' ? waiting.forUpdate().skipLocked() : waiting);
    let { last_seq: seq, last_hash: hash } = head;
    for (const row of rows) {
      if (row.mac !== hashes.entry(row)) {
        await trx('auth_audit_entries').where({ id: row.id }).update({ seq: -row.id });
        continue;
      }
      seq++;
      hash = hashes.link(row, seq, hash);
      await trx('auth_audit_entries').where({ id: row.id }).update({ seq, hash });
    }
    if (rows.length > 0) await storeHead(trx, { ...head, last_seq: seq, last_hash: hash });
    if (rows.length === ROWS_PER_STEP) return 'more';
    const tooMany = seq - head.anchor_seq - MAX_ATTEMPTS;
    if (chain === 'attempts' && tooMany > ATTEMPTS_SLACK) {
      await cutBefore(trx, { ...head, last_seq: seq, last_hash: hash }, head.anchor_seq + tooMany);
    }
    return 'done';
  }

  async function prune(before: number): Promise<void> {
    let isDone = false;
    while (!isDone) isDone = await db.transaction((trx) => pruneSome(trx, before));
  }

  async function pruneSome(trx: Transaction, before: number): Promise<boolean> {
    const head = await lockHead(trx, 'attempts', true);
    if (head === 'busy' || head === 'damaged') return true;
    const linked = trx('auth_audit_entries').where({ chain: 'attempts' }).where('seq', '>', head.anchor_seq);
    const kept = await linked.clone().where('at', '>=', before).orderBy('seq').first('seq');
    const anchor = Math.min((kept?.seq ?? head.last_seq + 1) - 1, head.anchor_seq + PRUNED_PER_STEP);
    if (anchor <= head.anchor_seq) return true;
    await cutBefore(trx, head, anchor);
    return false;
  }

  /** The entry at the anchor stays: what follows is checked against its hash. */
  async function cutBefore(trx: Transaction, head: AuditChainRow, anchor: number): Promise<void> {
    await trx('auth_audit_entries').where({ chain: head.name }).where('seq', '>', 0).where('seq', '<', anchor).delete();
    await storeHead(trx, { ...head, anchor_seq: anchor });
  }

  async function lockHead(
    trx: Transaction,
    name: AuditChain,
    isPatient: boolean,
  ): Promise<AuditChainRow | 'busy' | 'damaged'> {
    const head = await (isPatient || db.client !== 'pg'
      ? trx('auth_audit_chains').where({ name }).forUpdate().first()
      : trx('auth_audit_chains').where({ name }).forUpdate().skipLocked().first());
    if (head) return head.mac === hashes.head(head) ? head : 'damaged';
    return (await trx('auth_audit_chains').where({ name }).first('name')) ? 'busy' : 'damaged';
  }

  async function storeHead(trx: Transaction, { mac: _, ...head }: AuditChainRow): Promise<void> {
    const row = { ...head, mac: hashes.head(head) };
    await trx('auth_audit_chains').insert(row).onConflict('name').merge();
  }

  /** At the first start, or after an upgrade from a version without heads; never where one was taken away. */
  async function makeFirstHead(trx: Transaction, name: AuditChain): Promise<void> {
    if (await trx('auth_audit_chains').where({ name }).first('name')) return;
    const linkedSinceHeads = await trx('auth_audit_entries')
      .where({ chain: name })
      .whereNotNull('hash')
      .whereNotNull('uuid')
      .first('id');
    if (linkedSinceHeads) return;
    const head = await headOfRows(trx, name);
    await trx('auth_audit_chains')
      .insert({ ...head, mac: hashes.head(head) })
      .onConflict('name')
      .ignore();
  }

  async function headOfRows(trx: Transaction, name: AuditChain): Promise<Omit<AuditChainRow, 'mac'>> {
    const linked = trx('auth_audit_entries').where({ chain: name }).where('seq', '>', 0);
    const first = await linked.clone().orderBy('seq').first('seq');
    const last = await linked.clone().orderBy('seq', 'desc').first('seq', 'hash');
    const anchor_seq = (first?.seq ?? 1) === 1 ? 0 : (first?.seq ?? 0);
    return { name, anchor_seq, last_seq: last?.seq ?? 0, last_hash: last?.hash ?? GENESIS };
  }

  /** Writes the heads outside of the database, unless what is there says that entries are missing. */
  async function storeHeads(): Promise<void> {
    const heads = knownOf(await db.read('auth_audit_chains').orderBy('name'));
    if (JSON.stringify(heads) === kept) return;
    try {
      const problem = await problemAtEnds();
      if (problem !== null) return reportDamage(problem);
      await knownHeads.write(heads);
      kept = JSON.stringify(heads);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'The heads of the audit log could not be kept outside of the database');
    }
    keptAt = performance.now();
  }

  async function problemAtEnds(): Promise<string | null> {
    const known = await knownHeads.read().catch((error: unknown) => {
      // Who does not answer says nothing of the log.
      if (isAppError(error)) throw error;
      return messageOf(error);
    });
    if (typeof known === 'string') return known;
    for (const name of AUDIT_CHAINS) {
      const head = await db.read('auth_audit_chains').where({ name }).first();
      if (!head || head.mac !== hashes.head(head)) return `The head of the chain '${name}' is missing or was changed`;
      const seen = known ? known[name] : undefined;
      if (!seen || seen.seq <= head.anchor_seq) continue;
      const row = await db.read('auth_audit_entries').where({ chain: name, seq: seen.seq }).first('hash');
      if (row?.hash !== seen.hash)
        return `The newest entries of the chain '${name}' are missing: there was one with the number ${seen.seq}`;
    }
    return null;
  }

  async function accept(): Promise<void> {
    const heads = await db.transaction(async (trx) => {
      const made: AuditChainRow[] = [];
      for (const chain of AUDIT_CHAINS) {
        const head = await headOfRows(trx, chain);
        const row = { ...head, mac: hashes.head(head) };
        await storeHead(trx, row);
        made.push(row);
      }
      return made;
    });
    await knownHeads.write(knownOf(heads));
    isDamageReported = false;
  }

  /** Ends that do not fit are left as they are, for whoever looks into it. */
  function reportDamage(problem: string | null): void {
    if (problem === null || isDamageReported) return;
    isDamageReported = true;
    log.error(
      { problem },
      'The audit log does not fit what is known of its ends. Look into it; `patchbay audit:accept` takes it as it is now',
    );
  }
}

function knownOf(heads: readonly AuditChainRow[]): KnownHeads {
  return Object.fromEntries(heads.map(({ name, last_seq: seq, last_hash: hash }) => [name, { seq, hash }]));
}
