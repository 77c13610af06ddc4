/**
 * A connection of its own that listens to a channel of PostgreSQL for as long as the process lives: asked now and then
 * whether it is still there, opened again when not.
 */
import type { Client } from 'pg';
import { messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';

export interface PostgresListener {
  /** Whether notifications come: not while the server is slow to say that the connection is still there. */
  isConnected(): boolean;
  /** Whether there is a connection, slow or not. */
  isOpen(): boolean;
  close(): Promise<void>;
}

export interface ListenerOptions {
  /** A new connection that is open already. */
  connect(): Promise<Client>;
  channel: string;
  log: Logger;
  received(payload: string): void;
  /** Called when notifications may have been missed. */
  missed(): void;
}

/** By which a server that runs is known among the connections of a database. */
export const LISTENER = 'patchbay-listener';
/** What is remembered is believed as long as notifications come, so it is soon known that they do not. */
const ASK_EVERY_MS = 1_000;
const BELIEVED_MS = 1_000;
const ANSWER_WITHIN_MS = 5_000;
const RETRY_MS = { first: 200, longest: 5_000 };

/** Resolves when it listens. Throws when the first connection cannot be made. */
export async function listenOnPostgres(options: ListenerOptions): Promise<PostgresListener> {
  const { connect, channel, log, received, missed } = options;
  let client: Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  /** Since when an answer is waited for; what was notified before the question has been received when it comes. */
  let askedAt: number | null = null;
  await open();

  return {
    isConnected: () => client !== null && (askedAt === null || performance.now() - askedAt < BELIEVED_MS),
    isOpen: () => client !== null,
    async close() {
      closed = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      await last?.end().catch(() => {});
    },
  };

  async function open(): Promise<void> {
    const fresh = await connect();
    fresh.on('error', () => lost(fresh));
    fresh.on('end', () => lost(fresh));
    fresh.on('notification', ({ payload }) => received(payload ?? ''));
    await listen(fresh);
    if (closed) return void (await fresh.end().catch(() => {}));
    client = fresh;
    askedAt = null;
    later(ASK_EVERY_MS, () => void ask(fresh));
  }

  /** Who is gone before the answer would be waited for as long as the process lives. */
  async function listen(fresh: Client): Promise<void> {
    const late = setTimeout(() => fresh.connection.stream.destroy(), ANSWER_WITHIN_MS);
    try {
      await fresh.query(`set application_name to '${LISTENER}'`);
      await fresh.query(`listen ${channel}`);
    } finally {
      clearTimeout(late);
    }
  }

  /** A connection behind which nobody is any more is silent, like one on which nothing happens. */
  async function ask(asked: Client): Promise<void> {
    const late = setTimeout(() => lost(asked), ANSWER_WITHIN_MS);
    late.unref();
    askedAt = performance.now();
    try {
      await asked.query('select 1');
      if (asked !== client) return;
      askedAt = null;
      later(ASK_EVERY_MS, () => void ask(asked));
    } catch {
      lost(asked);
    } finally {
      clearTimeout(late);
    }
  }

  function lost(which: Client): void {
    if (which !== client) return;
    client = null;
    which.connection.stream.destroy();
    if (closed) return;
    log.warn({ channel }, 'The connection for notices was lost; opening another');
    reopen(RETRY_MS.first);
  }

  function reopen(afterMs: number): void {
    later(afterMs, () => {
      open().then(missed, (error) => {
        log.debug({ reason: messageOf(error) }, 'No connection for notices yet');
        reopen(Math.min(afterMs * 2, RETRY_MS.longest));
      });
    });
  }

  function later(ms: number, fn: () => void): void {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(fn, ms);
    timer.unref();
  }
}
