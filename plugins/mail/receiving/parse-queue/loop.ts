/**
 * The loop of the parse queue: parses what was accepted, in the order of arrival. The messages themselves are the queue (`parsed_at` is null), so a
 * crash loses nothing and nothing is announced twice: results and `mail.received` are one transaction. Small mail and the
 * rest have a line each, so that what takes long holds up nobody. What fails is tried alone, and given up in the end.
 */
import { type BytesOrPlace, codeOf, isAppError, isOutOfSpace, isUnavailable, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailAuthentication } from '../../messages/authentication/mail-authentication.ts';
import type { WorkerPool } from '../../messages/workers/pool.ts';
import type { UnparsedMail } from '../../unparsed-mail.ts';
import { clientsAtTheirShare, createParseClaims, type ParseLane } from './claims.ts';
import { createParseOne, MOST_TRIES } from './read-message.ts';
import type { Found, Waiting } from './stages.ts';
import type { ParsedMail } from './store.ts';
import { createParseWaits } from './waits.ts';

export interface ParseLoop {
  /** There is something to parse. Costs nothing when the loop is at it already. */
  wake(): void;
  /** Parses this message now, before those that wait; for who opens it. */
  parseNow(id: number): Promise<void>;
  /** Resolves when what this mailbox has been given until now is parsed, or after `timeoutMs`. */
  settled(mailboxId: number, timeoutMs: number): Promise<void>;
  /** When a message was last parsed here, or the loop was started (ms since the epoch). */
  lastProgressAt(): number;
  /** Resolves when nothing is left that could be parsed at this moment. */
  idle(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Small batches: each is a transaction that receiving waits for, and work that answers wait for. */
const BATCH = 50;
/** The first message starts a batch this much later, so that a burst is received first and parsed together. */
export const GATHER_MS = 25;
/** While mail is coming in, receiving goes first: no more than this is parsed in a second. */
const BUSY_PER_SECOND = 600;
const RETRY_MS = 1_000;
/** For mail that a dead replica has left, and for what is tried again. */
const POLL_MS = 1_000;
const STOP_GRACE_MS = 1_000;
/** Of a process without the role, that there is mail to parse. */
const WAITING = 'mail.unparsed';
const TELL_MS = 50;

/** Mail that waits for a name service costs no thread, only memory: there may be much of it under way. */
const LANES: Record<ParseLane, { most: number; mostPerClient: number; mostBytes: number; atOnce: number }> = {
  small: { most: 500, mostPerClient: 100, mostBytes: 32 * 1024 * 1024, atOnce: BATCH },
  large: { most: 16, mostPerClient: 4, mostBytes: 32 * 1024 * 1024, atOnce: 2 },
};
/** While clients have their share, mail of others is looked for no more often than this. */
const OTHERS_MS = 200;

interface Lane {
  name: ParseLane;
  bytes: number;
  underWay: Map<number, { client: string; done: Promise<void> }>;
  again: boolean;
  running: Promise<void> | null;
}

export function createParseLoop({
  db,
  blobs,
  clock,
  log,
  mailAuthentication,
  mailWorkers,
  notices,
  parsedMail,
  unparsedMail,
}: Services & {
  mailAuthentication: MailAuthentication;
  mailWorkers: WorkerPool;
  parsedMail: ParsedMail;
  unparsedMail: UnparsedMail;
}): ParseLoop {
  const claims = createParseClaims({ db, clock });
  const waits = createParseWaits(db);
  const parseOne = createParseOne({ blobs, log, mailAuthentication, mailWorkers });
  const small = emptyLane('small');
  const large = emptyLane('large');
  const lanes = [small, large];
  /** Mailboxes that somebody looks at, whose mail is claimed next. */
  const lookedAt = new Set<number>();
  let hurrying: Promise<void> | null = null;
  const ready: { found: Found; done: () => void }[] = [];
  let isOn = false;
  let isOver = false;
  let unhear = (): void => {};
  let toldAt = Number.NEGATIVE_INFINITY;
  let storing: Promise<void> | null = null;
  let poll: NodeJS.Timeout | undefined;
  let progressAt = clock.now();
  unparsedMail.provide({ wake });

  return {
    wake,
    settled: (mailboxId, timeoutMs) => waits.settled(mailboxId, timeoutMs, () => hurry(mailboxId)),
    lastProgressAt: () => progressAt,
    async parseNow(id) {
      const underWay = lanes.map((lane) => lane.underWay.get(id)).find(Boolean);
      if (underWay) return underWay.done;
      if (isForOthers()) return waits.parsed(id);
      const row = await claims.claimOne(id);
      if (!row) return waits.parsed(id);
      await begin(row, large, undefined);
    },
    async idle() {
      wake();
      for (let work = underWay(); work.length > 0; work = underWay()) await Promise.all(work);
    },
    async start() {
      isOn = true;
      isOver = false;
      progressAt = clock.now();
      if (db.soleWriter) await claims.freeAll();
      unhear = notices.on(WAITING, wake);
      poll = setInterval(() => void checkLater(), POLL_MS);
      poll.unref();
      wake();
    },
    async stop() {
      isOn = false;
      isOver = true;
      unhear();
      clearInterval(poll);
      // Those that are nearly done are stored; the others fail, and are let go.
      await Promise.race([Promise.all(underWay()), pause(STOP_GRACE_MS)]);
      await mailWorkers.close();
      await Promise.race([Promise.all(underWay()), pause(STOP_GRACE_MS)]);
    },
  };

  function underWay(): Promise<void>[] {
    return [
      ...lanes.flatMap((lane) => [...doneOf(lane), ...(lane.running ? [lane.running] : [])]),
      ...(storing ? [storing] : []),
      ...(hurrying ? [hurrying] : []),
    ];
  }

  async function checkLater(): Promise<void> {
    if (await claims.hasAny().catch(() => false)) wake();
  }

  /** Of a process that was never begun to parse: its role is another one. */
  function isForOthers(): boolean {
    return !isOn && !isOver;
  }

  /** Who does not parse itself wakes those who do, which look by themselves every second. */
  function notifyOthers(): void {
    if (db.soleWriter || performance.now() - toldAt < TELL_MS) return;
    toldAt = performance.now();
    notices.sendNow(WAITING);
  }

  function wake(): void {
    if (isForOthers()) notifyOthers();
    for (const lane of lanes) {
      lane.again = true;
      if (!isOn) continue;
      lane.running ??= run(lane).finally(() => {
        lane.running = null;
        if (lane.again) wake();
      });
    }
  }

  /** Somebody looks at this mailbox: what is small in it does not wait for its turn. */
  function hurry(mailboxId: number): void {
    if (!isOn) return;
    lookedAt.add(mailboxId);
    hurrying ??= hurryAll().finally(() => {
      hurrying = null;
    });
  }

  /** One after another, so that however many look the line keeps to its bounds: where it is full they wait for their turn. */
  async function hurryAll(): Promise<void> {
    for (const mailboxId of lookedAt) {
      lookedAt.delete(mailboxId);
      if (!isOn || isFull(small)) continue;
      const { mostPerClient, atOnce } = LANES.small;
      const atTheirShare = clientsAtTheirShare(clientsOf(small), mostPerClient);
      try {
        await beginAll(await claims.claimOf(mailboxId, atOnce, atTheirShare), small);
      } catch (error) {
        log.warn(
          { err: error },
          'Mail that someone is looking for could not be claimed right away; it waits for its turn',
        );
      }
    }
  }

  async function beginAll(rows: readonly Waiting[], lane: Lane): Promise<void> {
    // What cannot be read together is read one by one, and says for itself what is wrong.
    const raws = await blobs.locate(rows.map(({ blob_id }) => blob_id)).catch(() => new Map<number, BytesOrPlace>());
    for (const row of rows) void begin(row, lane, raws.get(row.blob_id));
  }

  /** Claims as long as there is something to claim and room for it. */
  async function run(lane: Lane): Promise<void> {
    await pause(GATHER_MS);
    while (isOn) {
      const isBusy = lane.again;
      lane.again = false;
      const startedAt = performance.now();
      try {
        const { atOnce, mostPerClient } = LANES[lane.name];
        const atTheirShare = clientsAtTheirShare(clientsOf(lane), mostPerClient);
        const rows = await claims.claim(lane.name, atOnce, atTheirShare);
        if (rows.length === 0 && atTheirShare) await Promise.race([...doneOf(lane), pause(OTHERS_MS)]);
        else if (rows.length === 0 && !lane.again) return;
        await beginAll(rows, lane);
        if (isBusy) await pause((rows.length * 1000) / BUSY_PER_SECOND - (performance.now() - startedAt));
      } catch (error) {
        log.warn({ err: error }, 'Mail that waits for the parser could not be claimed; it is tried again');
        await pause(RETRY_MS);
        lane.again = true;
      }
      while (isOn && isFull(lane)) await Promise.race(doneOf(lane));
    }
  }

  /** Resolves when the message is stored, or let go for another try. Never throws. */
  function begin(row: Waiting, lane: Lane, raw: BytesOrPlace | undefined): Promise<void> {
    const work = handle(row, lane, raw).finally(() => {
      lane.underWay.delete(row.id);
      lane.bytes -= row.size_bytes;
    });
    lane.bytes += row.size_bytes;
    lane.underWay.set(row.id, { client: row.remote_ip, done: work });
    return work;
  }

  async function handle(row: Waiting, lane: Lane, raw: BytesOrPlace | undefined): Promise<void> {
    try {
      const found = await parseOne(row, lane.name, raw);
      if (found) await stored(found);
      else await letGo([row], { delayMs: 0, isTry: isOn });
    } catch (error) {
      log.warn({ message: row.id, err: error }, 'A message could not be read; it is tried again');
      await letGo([row], { delayMs: RETRY_MS, isTry: !isTransient(error) });
    }
  }

  /** With all others that are ready at the same moment. */
  function stored(found: Found): Promise<void> {
    return new Promise((done) => {
      ready.push({ found, done });
      storeReady();
    });
  }

  function storeReady(): void {
    storing ??= storeAll().finally(() => {
      storing = null;
      // Came after the last look, and before this.
      if (ready.length > 0) storeReady();
    });
  }

  async function storeAll(): Promise<void> {
    while (ready.length > 0) {
      const group = ready.splice(0, BATCH).sort((one, other) => one.found.row.id - other.found.row.id);
      await storeGroup(group.map(({ found }) => found));
      progressAt = clock.now();
      waits.notify(group.map(({ found }) => found.row.mailbox_id));
      for (const { done } of group) done();
    }
  }

  /** When a group fails, each is tried alone, so that only the one to blame waits. */
  async function storeGroup(group: readonly Found[]): Promise<void> {
    try {
      await parsedMail.store(group);
    } catch (error) {
      if (isTransient(error) || group.length === 1) await storeFailed(group, error);
      else for (const one of group) await storeGroup([one]);
    }
  }

  async function storeFailed(group: readonly Found[], error: unknown): Promise<void> {
    const ids = group.map(({ row }) => row.id);
    log.warn({ messages: ids, err: error }, 'Parsed mail could not be stored; it is tried again');
    const [one] = group;
    if (isTransient(error) || !one || one.row.parse_tries < MOST_TRIES) {
      return letGo(
        group.map(({ row }) => row),
        { delayMs: RETRY_MS, isTry: !isTransient(error) },
      );
    }
    await parsedMail.storeError(one.row, `it could not be stored: ${messageOf(error)}`).catch((worse) => {
      log.error({ message: one.row.id, err: worse }, 'A message could not be marked as unreadable; it is retried');
    });
  }

  async function letGo(rows: readonly Waiting[], options: { delayMs: number; isTry: boolean }): Promise<void> {
    const ids = rows.map(({ id }) => id);
    await claims.release(ids, options).then(
      () => options.delayMs === 0 && wake(),
      (error) => log.warn({ messages: ids, err: error }, 'Mail that was not parsed could not be let go yet'),
    );
  }
}

function emptyLane(name: ParseLane): Lane {
  return { name, bytes: 0, underWay: new Map(), again: false, running: null };
}

function doneOf({ underWay }: Lane): Promise<void>[] {
  return [...underWay.values()].map(({ done }) => done);
}

function clientsOf({ underWay }: Lane): string[] {
  return [...underWay.values()].map(({ client }) => client);
}

function isFull({ name, underWay, bytes }: Lane): boolean {
  const { most, mostBytes, atOnce } = LANES[name];
  return underWay.size > most - atOnce || bytes > mostBytes;
}

/** Nothing is wrong with the message: the database, the disk or the store of files cannot do anything at the moment. */
function isTransient(error: unknown): boolean {
  if (isAppError(error)) return error.status === 503;
  return isUnavailable(error) || isOutOfSpace(error) || /^(?:SQLITE_(?:BUSY|IOERR)|EMFILE|ENFILE)/.test(codeOf(error));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)).unref());
}
