/**
 * Notices: small messages that every process on this database hears, soon after something has happened: "the rules
 * have changed", "here is an event". In process on SQLite, LISTEN/NOTIFY on PostgreSQL. They are hints and not a
 * record: a process whose connection was gone for a moment has missed some, and is told so (`onGap`).
 */
import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../database/database.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { createAssembler, inPieces } from './notice-pieces.ts';
import { listenOnPostgres, type PostgresListener } from './postgres-listener.ts';

export interface Notices {
  /** Told everywhere once the transaction has committed, never when it was rolled back. */
  send(trx: Transaction, topic: string, payload?: unknown): Promise<void>;
  /** Told everywhere now; lost when the database cannot be reached. For what is frequent and not a matter of rights. */
  sendNow(topic: string, payload?: unknown): void;
  /**
   * As `sendNow`, but the sender too hears it when its turn comes: what is sent this way is heard in one order by all, for
   * PostgreSQL hands notifications to everybody in the order of their commits.
   */
  sendInOrder(topic: string, payload?: unknown): void;
  /** Hears what any process sends, this one included. Gives a function that ends it. */
  on(topic: string, listener: (payload: unknown) => void): () => void;
  /** Run when notices may have been missed: drop what is remembered, look again. Gives a function that ends it. */
  onGap(fn: () => void): () => void;
  /** Whether other processes are heard at this moment: what is remembered may be believed. False within two seconds of when they are not. */
  isConnected(): boolean;
  /** Whether there is a connection on which they are to be heard; the server may be slow on it. */
  isListening(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The one channel of PostgreSQL that all topics share. */
const CHANNEL = 'patchbay';
/** Notices without a transaction are gathered this long, so that a busy process asks the database seldom. */
const GATHER_MS = 3;
/** Without the database nobody hears them: older ones are dropped, which the others learn from the gap. */
const MOST_WAITING = 10_000;

/** What travels: who sent it, and the notices; 1 for those that the sender has not heard yet itself. */
interface Parcel {
  from: string;
  notices: [topic: string, payload: unknown, isInOrder?: 1][];
}

export function createNotices({ db, log }: { db: Database; log: Logger }): Notices {
  const self = randomUUID();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const gapListeners = new Set<() => void>();
  const assembler = createAssembler();
  let outgoing: Parcel['notices'] = [];
  let flushing: Promise<void> | null = null;
  let remote: PostgresListener | null = null;

  return {
    async send(trx, topic, payload = null) {
      db.afterCommit(trx, () => deliver(topic, payload));
      // Inside the transaction, so that no crash can come between the change and its notice.
      if (db.client === 'pg') await notify(trx, [[topic, payload]]);
    },
    sendNow(topic, payload = null) {
      deliver(topic, payload);
      if (db.client === 'pg') post([topic, payload]);
    },
    sendInOrder(topic, payload = null) {
      if (db.client === 'pg') post([topic, payload, 1]);
      else deliver(topic, payload);
    },
    on(topic, listener) {
      const known = listeners.get(topic) ?? new Set();
      listeners.set(topic, known.add(listener));
      return () => void known.delete(listener);
    },
    onGap(fn) {
      gapListeners.add(fn);
      return () => void gapListeners.delete(fn);
    },
    isConnected: () => db.client !== 'pg' || (remote?.isConnected() ?? false),
    isListening: () => db.client !== 'pg' || (remote?.isOpen() ?? false),
    async start() {
      if (db.client !== 'pg') return;
      remote = await listenOnPostgres({ connect: db.rawConnection, channel: CHANNEL, log, received, missed });
    },
    async stop() {
      await flushing;
      await remote?.close();
    },
  };

  function post(notice: Parcel['notices'][number]): void {
    if (outgoing.length >= MOST_WAITING) outgoing.shift();
    outgoing.push(notice);
    flushing ??= flush();
  }

  async function flush(): Promise<void> {
    while (outgoing.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const notices = outgoing;
      outgoing = [];
      await notify(db.write, notices).catch((error) =>
        log.warn({ reason: messageOf(error), notices: notices.length }, 'Notices did not reach the other processes'),
      );
    }
    flushing = null;
  }

  async function notify(connection: Database['write'] | Transaction, notices: Parcel['notices']): Promise<void> {
    const pieces = inPieces(JSON.stringify({ from: self, notices } satisfies Parcel));
    await connection.raw(
      'select pg_notify(?, piece) from unnest(?::text[]) with ordinality as p(piece, n) order by n',
      [CHANNEL, pieces],
    );
  }

  /** Whoever may connect to the database may say anything on any channel: what is no parcel is passed over. */
  function received(piece: string): void {
    try {
      const text = assembler.add(piece);
      if (text === null) return;
      const { from, notices } = JSON.parse(text) as Parcel;
      for (const [topic, payload, isInOrder] of notices) if (from !== self || isInOrder) deliver(topic, payload);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'Something on the channel for notices was none, and is passed over');
    }
  }

  function missed(): void {
    assembler.clear();
    for (const fn of gapListeners) guarded('gap', fn);
  }

  function deliver(topic: string, payload: unknown): void {
    for (const listener of listeners.get(topic) ?? []) guarded(topic, () => listener(payload));
  }

  /** A listener that throws stops neither the others nor who sent. */
  function guarded(topic: string, fn: () => void): void {
    try {
      fn();
    } catch (error) {
      log.error({ err: error, topic }, 'Somebody who was told of a notice failed');
    }
  }
}
