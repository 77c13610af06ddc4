/**
 * Parses what was accepted, in the order of arrival. The messages themselves are the queue (`parsed_at` is null),
 * so a crash loses nothing and nothing is announced twice: results and `mail.received` are one transaction.
 */

import { messageOf } from '#core/errors.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { MAILBOX_COLUMNS, MESSAGE_COLUMNS, type Waiting } from './parsed-mail.ts';
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
const BATCH_BYTES = 1024 * 1024;
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
      await parse((query) => query.where('mail_messages.id', id));
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

  async function run(): Promise<void> {
    await pause(GATHER_MS);
    let left = true;
    while (isOn && (again || left)) {
      const isBusy = again;
      const startedAt = performance.now();
      again = false;
      try {
        left = await parse((query) => query.orderBy('mail_messages.id').limit(BATCH));
        if (isBusy && left) await pause((BATCH * 1000) / BUSY_PER_SECOND - (performance.now() - startedAt));
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'Parsed mail could not be stored; it is tried again');
        left = true;
        await pause(RETRY_MS);
      }
    }
  }

  function unparsed() {
    return db
      .read('mail_messages')
      .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_messages.mailbox_id')
      .whereNull('mail_messages.parsed_at')
      .select(
        ...MESSAGE_COLUMNS.map((column) => `mail_messages.${column}` as const),
        ...MAILBOX_COLUMNS.map((column) => `mail_mailboxes.${column}` as const),
      );
  }

  /** Parses the messages that the query names, as many as are one batch; true when some may be left. */
  async function parse(which: (query: ReturnType<typeof unparsed>) => unknown): Promise<boolean> {
    const query = unparsed();
    which(query);
    const found: Waiting[] = await query;
    const rows = oneBatch(found);
    if (rows.length === 0) return false;
    const raws = await rawsOf(rows);
    const [outcomes, results] = await Promise.all([
      parser.parse(raws),
      Promise.all(
        rows.map((row, index) => mailAuthentication.check(raws[index] ?? Buffer.alloc(0), authEnvelope(row))),
      ),
    ]);
    // The parser was closed under it: these are parsed after the next start.
    if (!isOn && outcomes.some((outcome) => 'error' in outcome)) return false;
    storing = parsedMail.store(
      rows.map((row, index) => ({ row, outcome: outcomes[index], auth: results[index] ?? null })),
    );
    await storing;
    return rows.length < found.length || found.length === BATCH;
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
