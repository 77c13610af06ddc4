/**
 * Events are facts, shaped as CloudEvents 1.0. An event is emitted inside the transaction that made it true;
 * durable subscribers get it as a job written in that same transaction, live listeners after the commit.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { messageOf } from '../errors.ts';
import type { Jobs, NewJob } from '../jobs/jobs.ts';
import type { Logger } from '../observability/log.ts';
import type { EventCatalogue, EventType } from './catalogue.ts';
import type { CloudEvent } from './cloud-event.ts';
import { createErasures } from './erasures.ts';
import { createLiveChannel, type LiveChannel } from './live-channel.ts';
import type { Notices } from './notices.ts';

export type { CloudEvent } from './cloud-event.ts';

export interface EmitOptions {
  tenantId?: string | null;
  /** What the event is about, e.g. a mailbox's address. */
  subject?: string;
}

/** What is told of one thing that happened. */
export interface News<T extends EventType> extends EmitOptions {
  data: EventCatalogue[T];
}

/** Whether an event would come to nothing, as is seen at once. */
export type PassesOver = (event: CloudEvent) => boolean;

/** Deals with events in the transaction that emits them; gives those that are left. */
export type TakesWithin = (trx: Transaction, events: readonly CloudEvent[]) => Promise<readonly CloudEvent[]>;

/** What becomes of a subscriber's events before they are jobs. */
export interface Shortcuts {
  passesOver?: PassesOver | undefined;
  takes?: TakesWithin | undefined;
}

/** Whether a durable subscriber wants events of the type. */
export type Wants = (type: string, trx: Transaction) => boolean | Promise<boolean>;

export type LiveListener = (event: CloudEvent) => void;

export interface Events {
  emit<T extends EventType>(
    trx: Transaction,
    type: T,
    data: EventCatalogue[T],
    options?: EmitOptions,
  ): Promise<CloudEvent<EventCatalogue[T]>>;
  /** The same for many of one type, whose subscribers' jobs are written together; gives them in the same order. */
  emitAll<T extends EventType>(
    trx: Transaction,
    type: T,
    news: readonly News<T>[],
  ): Promise<CloudEvent<EventCatalogue[T]>[]>;
  /** The same for an event that was made elsewhere, with the attributes that it has. */
  publish(trx: Transaction, event: CloudEvent): Promise<void>;
  publishAll(trx: Transaction, events: readonly CloudEvent[]): Promise<void>;
  /**
   * Tells those who listen at this moment, in any process, and nobody else: nothing is written, and no durable subscriber gets
   * it. For what is over in a moment, as that somebody is writing.
   */
  notify<T extends EventType>(type: T, data: EventCatalogue[T], options?: EmitOptions): void;
  /** Told of every event after its commit, by whichever process it was made. Gives a function that ends it. */
  listen(listener: LiveListener): () => void;
  /** Reads live events, from those that came after one that the reader has. Gives a function that ends it. */
  follow: LiveChannel['follow'];
  /** Where a reader begins who asks for something now and listens a moment later: `after` of `follow`. */
  place: LiveChannel['place'];
  /** Whether anybody listens at this moment, in any process, or has just been cut off. */
  hasListeners(): boolean;
  /** Names the job that a durable subscriber's events become, but for those that it passes over, or has dealt with before. */
  subscribe(type: string, jobName: string, shortcuts?: Shortcuts): void;
  /**
   * Says that events of a type tell of what is gone for good: they are kept, and whoever subscribes to the type gets all of
   * them, also those of the time when its plugin was off.
   */
  retain(type: string): void;
  isRetained(type: string): boolean;
  /** Gives subscribers what was kept for them while they were not there; gives how much. `moveOn` once an hour or less. */
  catchUp(options?: { moveOn?: boolean }): Promise<number>;
  /** The same for every type that `wants` says yes to at that moment; it may ask the database in the transaction. */
  subscribeWhere(wants: Wants, jobName: string): void;
  start(): void;
  /** Says to the other processes that this one has told everything. */
  stop(): void;
}

export function createEvents({
  db,
  clock,
  log,
  jobs,
  notices,
}: {
  db: Database;
  clock: Clock;
  log: Logger;
  jobs: Jobs;
  notices: Notices;
}): Events {
  const subscribers = new Map<string, string[]>();
  /** By the names of jobs. */
  const shortcuts = new Map<string, Shortcuts>();
  const kept = new Set<string>();
  const erasures = createErasures({ db, clock, jobs });
  const conditional: { wants: Wants; jobName: string }[] = [];
  const live = createLiveChannel({ notices, clock, isShared: !db.soleWriter });

  return {
    publish: (trx, event) => publishAll(trx, [event]),
    publishAll,
    follow: live.follow,
    place: live.place,
    hasListeners: live.isHeard,
    subscribeWhere: (wants, jobName) => void conditional.push({ wants, jobName }),
    async emit(trx, type, data, options = {}) {
      const event = eventOf(type, data, options);
      await publishAll(trx, [event]);
      return event;
    },
    async emitAll(trx, type, news) {
      const made = news.map(({ data, ...options }) => eventOf(type, data, options));
      await publishAll(trx, made);
      return made;
    },
    notify(type, data, options = {}) {
      if (!db.soleWriter || live.isHeard()) live.send(eventOf(type, data, options));
    },
    listen: (listener) => live.listen(guarded(listener)),
    subscribe(type, jobName, own) {
      if (own) shortcuts.set(jobName, own);
      const names = subscribers.get(type);
      if (names) names.push(jobName);
      else subscribers.set(type, [jobName]);
    },
    retain: (type) => void kept.add(type),
    isRetained: (type) => kept.has(type),
    catchUp,
    start: live.start,
    stop: live.stop,
  };

  function eventOf<D>(type: string, data: D, { tenantId, subject }: EmitOptions): CloudEvent<D> {
    return {
      specversion: '1.0',
      id: randomUUID(),
      source: `patchbay/${type.split('.')[0]}`,
      type,
      time: new Date(clock.now()).toISOString(),
      ...(subject !== undefined && { subject }),
      ...(tenantId && { tenantid: tenantId }),
      datacontenttype: 'application/json',
      data,
    };
  }

  async function publishAll(trx: Transaction, made: readonly CloudEvent[]): Promise<void> {
    const fresh: NewJob[] = [];
    for (const [type, events] of Map.groupBy(made, (event) => event.type))
      for (const name of await subscribersOf(type, trx))
        for (const event of await leftTo(name, events, trx))
          fresh.push({ name, payload: event, lane: event.tenantid ?? null });
    if (fresh.length > 0) await jobs.enqueueAll(trx, fresh);
    for (const event of made)
      if (kept.has(event.type)) await erasures.note(trx, event, subscribers.get(event.type) ?? []);
    // Elsewhere somebody may listen of whom we have not heard yet.
    if (!db.soleWriter || live.isHeard()) db.afterCommit(trx, () => made.forEach(live.send));
  }

  /** Those of which a job is made. */
  async function leftTo(name: string, events: readonly CloudEvent[], trx: Transaction): Promise<readonly CloudEvent[]> {
    const heard = events.filter((event) => !isPassedOver(name, event));
    const takes = shortcuts.get(name)?.takes;
    return takes && db.soleWriter && heard.length > 0 ? takes(trx, heard) : heard;
  }

  /** Who cannot say gets the event. */
  function isPassedOver(name: string, event: CloudEvent): boolean {
    try {
      return shortcuts.get(name)?.passesOver?.(event) ?? false;
    } catch (error) {
      log.error(
        { err: error, event: event.type, job: name },
        `A subscriber cannot say what it passes over: ${messageOf(error)}`,
      );
      return false;
    }
  }

  /** The jobs that events of the type become at this moment. */
  async function subscribersOf(type: string, trx: Transaction): Promise<string[]> {
    const names = [...(subscribers.get(type) ?? [])];
    for (const { wants, jobName } of conditional) if (await wants(type, trx)) names.push(jobName);
    return names;
  }

  async function catchUp({ moveOn = false } = {}): Promise<number> {
    const newest = await erasures.newest();
    let given = 0;
    for (const type of kept) {
      const names = subscribers.get(type) ?? [];
      const ofCore = names.filter((name) => name.startsWith('core.'));
      for (const name of names) {
        given += await erasures.catchUp(type, name, ofCore.includes(name) ? [] : ofCore);
      }
    }
    const names = [...kept].flatMap((type) => subscribers.get(type) ?? []);
    if (moveOn) await erasures.moveOn(names, newest);
    if (given > 0) log.info({ given }, 'Plugins were told of what was erased while they were off');
    return given;
  }

  function guarded(listener: LiveListener): LiveListener {
    return (event) => {
      try {
        listener(event);
      } catch (error) {
        log.error({ err: error, event: event.type }, `A live listener failed: ${messageOf(error)}`);
      }
    };
  }
}
