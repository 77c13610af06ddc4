/**
 * Parses what was accepted, in the order of arrival. The messages themselves are the queue (`parsed_at` is null),
 * so a crash loses nothing and nothing is announced twice: results and `mail.received` are one transaction.
 */

import { messageOf } from '#core/errors.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { type Found, MAILBOX_COLUMNS, MESSAGE_COLUMNS, type Waiting } from './parsed-mail.ts';
import { createParser, type Parser } from './parser/parser.ts';

export interface ParseLoop {
  /** There is something to parse. Costs nothing when the loop is at it already. */
  wake(): void;
  /** Parses this message now, before those that wait; for who opens it. */
  parseNow(id: number): Promise<void>;
  /** One attachment of a raw message; null when there is none with that index. */
  attachment: Parser['attachment'];
  /** HTML made safe to show. */
  sanitize: Parser['sanitize'];
  /** How many messages wait for the parser. */
  waiting(): Promise<number>;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

/** Small batches: each is a transaction that receiving waits for, and work that answers wait for. */
const BATCH = 50;
const BATCH_BYTES = 400 * 1024;
/** The first message starts a batch this much later, so that a burst is received first and parsed together. */
const GATHER_MS = 25;
/** While mail is coming in, receiving goes first: no more than this is parsed in a second. */
const BUSY_PER_SECOND = 600;
const RETRY_MS = 1_000;

export function createParseLoop({
  db,
  blobs,
  log,
  config,
  mailAuthentication,
  parsedMail,
}: Services & { config: MailConfig }): ParseLoop {
  const parser = createParser(config.parser);
  let isOn = false;
  let again = false;
  let running: Promise<void> | null = null;
  let storing: Promise<void> = Promise.resolve();

  return {
    wake,
    attachment: parser.attachment,
    sanitize: parser.sanitize,
    async waiting() {
      const counted = await db.read('mail_messages').whereNull('parsed_at').count({ total: '*' }).first();
      return Number(counted?.total ?? 0);
    },
    async parseNow(id) {
      const parsed = await parse(await unparsed().where('mail_messages.id', id));
      if (parsed) await parsedMail.store(parsed);
    },
    async idle() {
      wake();
      while (running) await running;
    },
    start() {
      isOn = true;
      wake();
    },
    async stop() {
      isOn = false;
      await parser.close();
      await running;
      await storing;
    },
  };

  function wake(): void {
    again = true;
    if (!isOn) return;
    running ??= run().finally(() => {
      running = null;
    });
  }

  /** While one batch is stored, the next one is read and parsed. Ends when a look from the start finds nothing. */
  async function run(): Promise<void> {
    await pause(GATHER_MS);
    let after = 0;
    for (let left = true; isOn && (again || left); ) {
      const isBusy = again;
      const startedAt = performance.now();
      again = false;
      try {
        const rows = oneBatch(
          await unparsed().where('mail_messages.id', '>', after).orderBy('mail_messages.id').limit(BATCH),
        );
        left = rows.length > 0 || after > 0;
        after = rows.at(-1)?.id ?? 0;
        const parsed = await parse(rows);
        await storing;
        if (parsed) storing = stored(parsed);
        if (rows.length === 0) await storing;
        else if (isBusy) await pause((rows.length * 1000) / BUSY_PER_SECOND - (performance.now() - startedAt));
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'Parsed mail could not be stored; it is tried again');
        storing = Promise.resolve();
        after = 0;
        left = true;
        await pause(RETRY_MS);
      }
    }
    await storing.catch(() => wake());
  }

  /** Its failure is met when it is awaited, by the next round. */
  function stored(parsed: readonly Found[]): Promise<void> {
    const storage = parsedMail.store(parsed);
    storage.catch(() => {});
    return storage;
  }

  function unparsed() {
    return db
      .read('mail_messages')
      .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_messages.mailbox_id')
      .whereNull('mail_messages.parsed_at')
      .whereNull('mail_mailboxes.removed_at')
      .select(
        ...MESSAGE_COLUMNS.map((column) => `mail_messages.${column}` as const),
        ...MAILBOX_COLUMNS.map((column) => `mail_mailboxes.${column}` as const),
      );
  }

  /** What is in the messages, and what their authentication says; null when the parser was closed under it. */
  async function parse(rows: readonly Waiting[]): Promise<Found[] | null> {
    if (rows.length === 0) return null;
    const raws = await rawsOf(rows);
    const [outcomes, results] = await Promise.all([
      parser.parse(raws),
      Promise.all(
        rows.map((row, index) => mailAuthentication.check(raws[index] ?? Buffer.alloc(0), authEnvelope(row))),
      ),
    ]);
    // These are parsed after the next start.
    if (!isOn && outcomes.some((outcome) => 'error' in outcome)) return null;
    return rows.map((row, index) => ({ row, outcome: outcomes[index], auth: results[index] ?? null }));
  }

  async function rawsOf(rows: readonly Waiting[]): Promise<Buffer[]> {
    const small = await blobs.readRows(rows.map(({ blob_id }) => blob_id));
    const raws: Buffer[] = [];
    for (const { blob_id } of rows) raws.push(small.get(blob_id) ?? (await blobs.read(blob_id)));
    return raws;
  }
}

/** The first messages up to the byte limit, at least one. */
function oneBatch(rows: readonly Waiting[]): Waiting[] {
  let bytes = 0;
  return rows.filter(({ size_bytes }, index) => {
    bytes += size_bytes;
    return index === 0 || bytes <= BATCH_BYTES;
  });
}

function authEnvelope({ envelope_from, remote_ip, helo }: Waiting) {
  return { from: envelope_from, remoteIp: remote_ip, helo };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)).unref());
}
