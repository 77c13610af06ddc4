/** The stream itself, as the one tab holds it that has the lock: reopened when the topics change, from where it was. */
import { createEventSource, type EventSourceClient } from 'eventsource-client';
import { type LiveEvent, liveEventOf } from './live-event.ts';
import { livePosition } from './live-position.ts';
import { isSessionOver, sessionEnded } from './session-end.ts';

export interface LiveStream {
  follow(topics: ReadonlySet<string>): void;
}

/** Pages come and go together: their wishes are gathered for a moment. */
const GATHER_MS = 50;

export function createLiveStream(told: {
  received(event: LiveEvent): void;
  /** It was cut or refused, and is tried again. */
  lost(): void;
}): LiveStream {
  let source: EventSourceClient | null = null;
  let followed = '';
  let lastId: string | null = null;
  let gathering: ReturnType<typeof setTimeout> | undefined;

  isSessionOver.subscribe(() => {
    if (isSessionOver.get()) return;
    const topics = followed;
    followed = '';
    open(topics);
  });

  return {
    follow(topics) {
      clearTimeout(gathering);
      gathering = setTimeout(() => open([...topics].sort().join(',')), GATHER_MS);
    },
  };

  function open(topics: string): void {
    if (topics === followed) return;
    lastId = source?.lastEventId ?? lastId ?? livePosition.get();
    source?.close();
    source = null;
    followed = topics;
    if (topics === '') return;
    source = createEventSource({
      url: `/api/platform/live?topics=${encodeURIComponent(topics)}`,
      credentials: 'same-origin',
      ...(lastId && { initialLastEventId: lastId }),
      fetch: async (url, init) => {
        const response = await fetch(url, { ...init, cache: 'no-store' } as RequestInit);
        if (response.ok) return response;
        if (response.status === 401) sessionEnded();
        // Asking again every two seconds would change nothing: it goes on with the session, or with other topics.
        if (response.status === 401 || response.status === 403) source?.close();
        throw new Error(`The live stream answered ${response.status}`);
      },
      onScheduleReconnect: () => told.lost(),
      onMessage: ({ event = 'message', data }) => told.received(liveEventOf(event, data)),
    });
  }
}
