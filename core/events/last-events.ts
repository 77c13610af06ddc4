/**
 * The last events of a type, told again from what their plugin has kept: nothing is written for them when they happen. Who
 * builds something that is to hear of them sees what it will get.
 */
import type { Principal } from '../access/principal.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { EventSight } from './event-access.ts';

/** What a plugin still knows of one. */
export interface PastEvent<D = unknown> {
  /** By what it was about; an id of its own is not kept. */
  key: string | number;
  /** In ms since the epoch. */
  at: number;
  tenantId: string | null;
  subject?: string;
  data: D;
}

export interface PastEventsWish {
  principal: Principal;
  /** Of this tenant alone; null: of all, as who belongs to none hears them. */
  tenantId: string | null;
  most: number;
}

/** Newest first, and no more than are wished for; one after another where it is dear to tell one. */
export type PastEventsSource = (wish: PastEventsWish) => PastEvents;
export type PastEvents<D = unknown> = Promise<readonly PastEvent<D>[]> | AsyncIterable<PastEvent<D>>;

export interface LastEvents {
  add(type: string, source: PastEventsSource): void;
  /** Those that the principal may see, newest first, each told when it is asked for; none of a type of which nobody keeps any. */
  of(type: string, wish: PastEventsWish): AsyncIterable<CloudEvent>;
}

export function createLastEvents({ eventSight }: { eventSight: Pick<EventSight, 'maySee' | 'mayKnow'> }): LastEvents {
  const sources = new Map<string, PastEventsSource>();
  return {
    add: (type, source) => void sources.set(type, source),
    async *of(type, wish) {
      const source = sources.get(type);
      if (!source || !eventSight.mayKnow(type, wish.principal)) return;
      for await (const past of await source(wish)) {
        const event = eventOf(type, past);
        if (isOf(wish, past) && (await eventSight.maySee(event, wish.principal))) yield event;
      }
    },
  };
}

function isOf({ tenantId }: PastEventsWish, past: PastEvent): boolean {
  return tenantId === null || past.tenantId === tenantId;
}

function eventOf(type: string, { key, at, tenantId, subject, data }: PastEvent): CloudEvent {
  return {
    specversion: '1.0',
    id: `${type}/${key}`,
    source: `patchbay/${type.split('.')[0]}`,
    type,
    time: new Date(at).toISOString(),
    ...(subject !== undefined && { subject }),
    ...(tenantId !== null && { tenantid: tenantId }),
    datacontenttype: 'application/json',
    data,
  };
}
