/**
 * How live events come to all processes: numbered by who made them, in one order for everybody, and remembered for a short
 * while, so that a reader who was cut off goes on at any process. It costs the database nothing but the notices. What may
 * have been missed is never passed over in silence: a number that is left out, a connection for notices that was lost, a
 * process that is not heard of any more break the log, and every reader is told.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { CloudEvent } from './cloud-event.ts';
import { createLiveLog } from './live-log.ts';
import { createLiveReader, type LiveReaderOptions } from './live-reader.ts';
import type { Notices } from './notices.ts';
import { createListenerCount, LISTENERS_CHANGED } from './subscriber-count.ts';

const EVENT = 'live.event';
const SIGN_OF_LIFE = 'live.process';
const LOOK_MS = 20_000;
/** A process that is silent for two of its signs may have died with events that nobody heard of. */
const BELIEVED_MS = 2.5 * LOOK_MS;
/** A reader that is gone is expected back for so long. */
export const EXPECTED_MS = 2 * 60_000;
const LIMITS = { ageMs: 5 * 60_000, entries: 20_000, bytes: 16 * 1024 * 1024 };

const ID = /^(?<from>[0-9a-f]{12})-(?<number>\d{1,15})$/;

interface Numbered {
  from: string;
  /** Counts the events of the process. */
  seq: number;
}

export interface LiveChannel {
  /** Sends an event to all who listen, here and in other processes; null leaves a mark in the order. */
  send(event: CloudEvent | null): void;
  listen(listener: (event: CloudEvent) => void): () => void;
  /** Reads from behind the event with the id of `after`, or from now on. Gives a function that ends it. */
  follow(options: LiveReaderOptions): () => void;
  /** The place in the order at this moment, for a reader who comes within `EXPECTED_MS` and then has missed nothing. */
  place(): string;
  /** Whether anybody listens, in any process, or is expected back. */
  isHeard(): boolean;
  start(): void;
  stop(): void;
}

export function createLiveChannel({
  notices,
  clock,
  isShared,
}: {
  notices: Notices;
  clock: Clock;
  /** Whether there may be other processes. */
  isShared: boolean;
}): LiveChannel {
  const self = randomBytes(6).toString('hex');
  const log = createLiveLog(clock, LIMITS);
  const listeners = new Set<(event: CloudEvent) => void>();
  const readers = new Set<() => void>();
  const others = new Map<string, { seq: number; until: number }>();
  const count = createListenerCount({ notices, clock });
  /** Until when somebody may come who was told a place, or come back; null when nobody is expected. */
  let expectedUntil: number | null = null;
  let seq = 0;
  let isStarted = false;
  let cancel: (() => void) | null = null;

  notices.on(EVENT, (payload) => receive(payload as Numbered & { event: CloudEvent | null }));
  notices.on(SIGN_OF_LIFE, (payload) => see(payload as Numbered & { isLast: boolean }));
  notices.on(LISTENERS_CHANGED, plan);
  notices.onGap(missed);

  return {
    send,
    listen(listener) {
      listeners.add(listener);
      recount();
      return () => {
        listeners.delete(listener);
        recount();
      };
    },
    follow,
    place() {
      expectSomebody();
      const id = log.lastId();
      if (id !== null) return id;
      send(null);
      return `${self}-${seq}`;
    },
    isHeard: () => count.isHeard(),
    start() {
      isStarted = true;
      plan();
    },
    stop() {
      if (isStarted && isShared) notices.sendNow(SIGN_OF_LIFE, { from: self, seq, isLast: true });
      isStarted = false;
      cancel?.();
      cancel = null;
    },
  };

  function send(event: CloudEvent | null): void {
    notices.sendInOrder(EVENT, { from: self, seq: ++seq, event });
  }

  function follow(options: LiveReaderOptions): () => void {
    const reader = createLiveReader(log, options, mayCome);
    readers.add(reader.wake);
    recount();
    // Without a place in the order nobody could go on from it.
    if (log.lastId() === null) send(null);
    reader.wake();
    return () => {
      if (!readers.delete(reader.wake)) return;
      reader.stop();
      expectSomebody();
    };
  }

  /** One timer for all of them: places are asked for as often as anybody likes. */
  function expectSomebody(): void {
    if (expectedUntil === null) clock.after(EXPECTED_MS, expectNobody);
    expectedUntil = clock.elapsed() + EXPECTED_MS;
    recount();
  }

  function expectNobody(): void {
    const left = (expectedUntil ?? 0) - clock.elapsed();
    if (left > 0) return void clock.after(left, expectNobody);
    expectedUntil = null;
    recount();
  }

  /** Another process may have told a reader of what this one has not heard yet. */
  function mayCome(id: string): boolean {
    const { from, number } = ID.exec(id)?.groups ?? {};
    return isShared && from !== undefined && Number(number) > (others.get(from)?.seq ?? 0);
  }

  function recount(): void {
    count.set(listeners.size + readers.size + (expectedUntil === null ? 0 : 1));
    plan();
  }

  function receive({ from, seq: given, event }: Numbered & { event: CloudEvent | null }): void {
    const known = others.get(from)?.seq;
    others.set(from, { seq: given, until: clock.elapsed() + BELIEVED_MS });
    if (known !== undefined && given !== known + 1) missed();
    if (count.isHeard()) log.append(`${from}-${given}`, event);
    else if (log.size() > 0) log.break();
    if (event) for (const listener of listeners) listener(event);
    wakeAll();
  }

  function see({ from, seq: given, isLast }: Numbered & { isLast: boolean }): void {
    if (from === self) return;
    const known = others.get(from)?.seq;
    if (isLast) others.delete(from);
    else others.set(from, { seq: given, until: clock.elapsed() + BELIEVED_MS });
    if (known !== undefined && given !== known) missed();
  }

  function missed(): void {
    log.break();
    if (readers.size > 0) send(null);
    wakeAll();
  }

  function wakeAll(): void {
    for (const wake of readers) wake();
  }

  /** Looks from time to time, while anybody listens anywhere: before that, there is nothing to lose. */
  function plan(): void {
    if (cancel || !isStarted || !(count.isHeard() || log.size() > 0)) return;
    for (const process of others.values()) process.until = clock.elapsed() + BELIEVED_MS;
    cancel = clock.after(LOOK_MS, checkOthers);
  }

  function checkOthers(): void {
    cancel = count.isHeard() ? clock.after(LOOK_MS, checkOthers) : null;
    if (!cancel) log.break();
    log.prune();
    if (!isShared) return;
    notices.sendInOrder(SIGN_OF_LIFE, { from: self, seq, isLast: false });
    const silent = [...others].filter(([from, { until }]) => from !== self && until <= clock.elapsed());
    for (const [from] of silent) others.delete(from);
    if (silent.length > 0) missed();
  }
}
