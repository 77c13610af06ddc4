/**
 * Parses what was accepted, in the order of arrival. The messages themselves are the queue (`parsed_at` is null),
 * so a crash loses nothing and nothing is announced twice: results and `mail.received` are one transaction.
 */

import type { Transaction } from '#core/database/database.ts';
import { insertMany, placeholders, rowsOf } from '#core/database/insert-many.ts';
import { messageOf } from '#core/errors.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { MessageRow } from '../tables.ts';
import type { ParsedMessage } from './parser/parse.ts';
import { createParser } from './parser/parser.ts';
import type { ParseOutcome } from './parser/worker.ts';

export interface ParseLoop {
  /** There is something to parse. Costs nothing when the loop is at it already. */
  wake(): void;
  /** Parses this message now, before those that wait; for who opens it. */
  parseNow(id: number): Promise<void>;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

type Waiting = Pick<
  MessageRow,
  'id' | 'blob_id' | 'mailbox_id' | 'size_bytes' | 'received_at' | 'sender' | 'to_addrs' | 'subject'
> & {
  address: string;
  tenant_id: string | null;
};

const BATCH = 50;
/** The first message starts a batch this much later, so that a burst is received first and parsed together. */
const GATHER_MS = 25;
/** While mail is coming in, receiving goes first: batches are this far apart, and this large at most. */
const BUSY_PAUSE_MS = 100;
const BATCH_BYTES = 1024 * 1024;
const RETRY_MS = 1_000;

export function createParseLoop({
  db,
  blobs,
  clock,
  events,
  log,
  config,
}: Services & { config: MailConfig }): ParseLoop {
  const parser = createParser(config.parser);
  let isOn = false;
  let again = false;
  let running: Promise<void> | null = null;
  let storing: Promise<void> = Promise.resolve();

  return {
    wake,
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
      again = false;
      try {
        left = await parse((query) => query.orderBy('mail_messages.id').limit(BATCH));
        if (isBusy && left) await pause(BUSY_PAUSE_MS);
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
        ...(['id', 'blob_id', 'mailbox_id', 'size_bytes', 'received_at', 'sender', 'to_addrs', 'subject'] as const).map(
          (column) => `mail_messages.${column}` as const,
        ),
        'mail_mailboxes.address',
        'mail_mailboxes.tenant_id',
      );
  }

  /** Parses the messages that the query names, as many as are one batch; true when some may be left. */
  async function parse(which: (query: ReturnType<typeof unparsed>) => unknown): Promise<boolean> {
    const query = unparsed();
    which(query);
    const found: Waiting[] = await query;
    const rows = oneBatch(found);
    if (rows.length === 0) return false;
    const outcomes = await parser.parse(await rawsOf(rows));
    // The parser was closed under it: these are parsed after the next start.
    if (!isOn && outcomes.some((outcome) => 'error' in outcome)) return false;
    storing = db.transaction((trx) => store(trx, rows, outcomes));
    await storing;
    return rows.length < found.length || found.length === BATCH;
  }

  async function rawsOf(rows: readonly Waiting[]): Promise<Buffer[]> {
    const small = await blobs.readRows(rows.map(({ blob_id }) => blob_id));
    const raws: Buffer[] = [];
    for (const { blob_id } of rows) raws.push(small.get(blob_id) ?? (await blobs.read(blob_id)));
    return raws;
  }

  async function store(trx: Transaction, rows: readonly Waiting[], outcomes: readonly ParseOutcome[]): Promise<void> {
    const all = rows.map((row, index) => ({ row, ...resultOf(row, outcomes[index]) }));
    const stored = new Set(await update(trx, all, clock.now()));
    const results = all.filter(({ row }) => stored.has(row.id));
    if (results.length === 0) return;
    await insertContents(trx, results);
    for (const { row, parsed } of results) {
      const data = {
        message_id: row.id,
        mailbox: row.address,
        from: parsed.sender,
        to: parsed.to,
        subject: parsed.subject,
        received_at: row.received_at,
        verification_code: parsed.verificationCode,
        size_bytes: row.size_bytes,
      };
      await events.emit(trx, 'mail.received', data, { tenantId: row.tenant_id, subject: row.address });
    }
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

interface Result {
  row: Waiting;
  parsed: ParsedMessage;
  error: string | null;
}

/** What could not be parsed keeps what the quick look at its header found. */
function resultOf(row: Waiting, outcome: ParseOutcome | undefined): Omit<Result, 'row'> {
  if (outcome && 'parsed' in outcome) return { parsed: outcome.parsed, error: null };
  const { sender, to_addrs: to, subject } = row;
  const parsed = { sender, to, subject, text: '', html: '', preview: '', verificationCode: '' };
  return { parsed, error: outcome?.error ?? 'not parsed' };
}

/** Ids of those that were still there and unparsed: who opens a message, or another replica, may have been faster. */
async function update(trx: Transaction, results: readonly Result[], now: number): Promise<number[]> {
  const cells = results.flatMap(({ row, parsed, error }) => [
    String(row.id),
    parsed.sender || row.sender,
    parsed.to || row.to_addrs,
    parsed.subject,
    parsed.preview,
    parsed.verificationCode,
    error,
  ]);
  const updated = await trx.raw(
    `with parsed (id, sender, to_addrs, subject, preview, verification_code, parse_error) as (values ${placeholders(results.length, 7)})
     update mail_messages set sender = parsed.sender, to_addrs = parsed.to_addrs, subject = parsed.subject,
       preview = parsed.preview, verification_code = parsed.verification_code, parse_error = parsed.parse_error,
       parsed_at = ?
     from parsed where mail_messages.id = cast(parsed.id as integer) and mail_messages.parsed_at is null
     returning mail_messages.id`,
    [...cells, now],
  );
  return rowsOf<{ id: number }>(updated).map(({ id }) => id);
}

async function insertContents(trx: Transaction, results: readonly Result[]): Promise<void> {
  const rows = results.map(({ row, parsed }) => [row.id, parsed.text, parsed.html]);
  await insertMany(trx, 'mail_contents', ['message_id', 'text', 'html'], rows, 'message_id');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
