/**
 * Who looks at a conversation at this moment, and who writes in it: in the memory of every process, told by notices, and written
 * nowhere. Whoever is silent for a while has left. It is said of people of the tenant alone, to those who may see the conversation.
 */

import type { Principal, Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { namedPerson } from './assignee.ts';
import type { ConversationRow } from './tables.ts';
import { visibleConversation } from './visibility.ts';

export interface InboxPresenceEvent {
  conversation_id: string;
  robot_id: string;
  person: { id: string; name: string };
  doing: 'looking' | 'writing' | 'gone';
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      /** Told live alone: no durable subscriber gets it. */
      'inbox.presence': InboxPresenceEvent;
    }
  }
}

export type Doing = InboxPresenceEvent['doing'];

export interface Present {
  id: string;
  name: string;
  doing: Exclude<Doing, 'gone'>;
}

export interface InboxPresence {
  /** Notes what the principal does there, and gives the others. Throws `CONVERSATION_NOT_FOUND`. */
  note(principal: Principal, uuid: string, doing: Doing): Promise<Present[]>;
}

/** What one process tells the others. */
interface PresenceNotice {
  conversation: string;
  id: string;
  name: string;
  doing: Doing;
}

interface Seen {
  name: string;
  /** Until when they are there without another word. */
  until: number;
  writingUntil: number;
}

const NOTICE = 'robots.inbox.presence';
/** Pages say every twenty seconds that they are there. */
const THERE_MS = 45_000;
/** And every ten seconds that somebody goes on writing. */
const WRITING_MS = 15_000;
/** What a person does is told so often in a minute, in all conversations together; the rest only when it is asked for. */
const MOST_TOLD = 60;
const MINUTE_MS = 60_000;
/** More at one conversation are not kept. */
const MOST_PEOPLE = 20;
/** More conversations at a time are not kept by a process. */
const MOST_CONVERSATIONS = 20_000;

export function createInboxPresence({
  db,
  clock,
  events,
  notices,
  people,
}: Services & Pick<AuthServices, 'people'>): InboxPresence {
  const places = new Map<string, Map<string, Seen>>();
  const told = new Map<string, { since: number; count: number }>();
  let sweptAt = 0;
  notices.on(NOTICE, (payload) => receive(payload as PresenceNotice));

  return {
    async note(principal, uuid, doing) {
      const row = await visibleConversation(db, principal, uuid);
      const name = await nameOf(principal, row);
      if (name !== null) await publish(row, { conversation: uuid, id: principal.id, name, doing });
      return othersAt(uuid, principal.id);
    },
  };

  /** Null for programs, and for who looks in from outside of the tenant. */
  async function nameOf({ kind, userId, tenantId }: Principal, row: ConversationRow): Promise<string | null> {
    if (kind !== 'user' || userId === null || tenantId !== row.tenant_id) return null;
    const user = await people.userById(userId);
    return user && namedPerson(user).name;
  }

  async function publish(row: ConversationRow, what: PresenceNotice): Promise<void> {
    if (!mayTell(what.id)) return;
    const isNew = doingAt(what.conversation, what.id) !== what.doing;
    notices.sendNow(NOTICE, what);
    if (!isNew) return;
    const robot = await db.read('robots_robots').where({ id: row.robot }).first('robot_id');
    if (!robot) return;
    const { conversation, id, name, doing } = what;
    const data = { conversation_id: conversation, robot_id: robot.robot_id, person: { id, name }, doing };
    events.notify('inbox.presence', data, { tenantId: row.tenant_id, subject: conversation });
  }

  function mayTell(person: string): boolean {
    const now = clock.elapsed();
    const known = told.get(person);
    if (!known || now - known.since >= MINUTE_MS) {
      told.set(person, { since: now, count: 1 });
      return true;
    }
    known.count++;
    return known.count <= MOST_TOLD;
  }

  function receive({ conversation, id, name, doing }: PresenceNotice): void {
    sweep();
    const place = places.get(conversation) ?? new Map<string, Seen>();
    if (doing === 'gone') place.delete(id);
    else if (place.has(id) || place.size < MOST_PEOPLE) {
      const now = clock.elapsed();
      place.set(id, { name, until: now + THERE_MS, writingUntil: doing === 'writing' ? now + WRITING_MS : 0 });
    }
    if (place.size === 0) places.delete(conversation);
    else if (places.has(conversation) || places.size < MOST_CONVERSATIONS) places.set(conversation, place);
  }

  /** Those who have left without a word, of all conversations, once in a while. */
  function sweep(): void {
    const now = clock.elapsed();
    if (now - sweptAt < MINUTE_MS) return;
    sweptAt = now;
    for (const [conversation, place] of places) {
      for (const [id, { until }] of place) if (until <= now) place.delete(id);
      if (place.size === 0) places.delete(conversation);
    }
    for (const [person, { since }] of told) if (now - since >= MINUTE_MS) told.delete(person);
  }

  function doingAt(conversation: string, id: string): Doing {
    const seen = places.get(conversation)?.get(id);
    return seen ? doingOf(seen, clock.elapsed()) : 'gone';
  }

  function othersAt(conversation: string, self: string): Present[] {
    const now = clock.elapsed();
    return [...(places.get(conversation) ?? [])].flatMap(([id, seen]) => {
      const doing = doingOf(seen, now);
      return id === self || doing === 'gone' ? [] : [{ id, name: seen.name, doing }];
    });
  }
}

function doingOf({ until, writingUntil }: Seen, now: number): Doing {
  if (until <= now) return 'gone';
  return writingUntil > now ? 'writing' : 'looking';
}
