/** The stream itself, as the one tab holds it that has the lock: reopened when the topics change, from where it was. */
import { createEventSource, type EventSourceClient } from 'eventsource-client';
import { type LiveEvent, type LiveStatus, liveEventOf } from './live-event.ts';
import { sessionEnded } from './session-end.ts';

export interface LiveStream {
  follow(topics: ReadonlySet<string>): void;
}

/** Pages come and go together: their wishes are gathered for a moment. */
const GATHER_MS = 50;

export function createLiveStream(told: {
  heard(event: LiveEvent): void;
  status(status: LiveStatus): void;
}): LiveStream {
  let source: EventSourceClient | null = null;
  let followed = '';
  let lastId: string | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;

  return {
    follow(topics) {
      clearTimeout(gathering);
      gathering = setTimeout(() => open([...topics].sort().join(',')), GATHER_MS);
    },
  };

  function open(topics: string): void {
    if (topics === followed) return;
    lastId = source?.lastEventId ?? lastId;
    source?.close();
    source = null;
    followed = topics;
    if (topics === '') {
      told.status('idle');
      return;
    }
    source = createEventSource({
      url: `/api/platform/live?topics=${encodeURIComponent(topics)}`,
      credentials: 'same-origin',
      ...(lastId && { initialLastEventId: lastId }),
      fetch: async (url, init) => {
        const response = await fetch(url, { ...init, cache: 'no-store' } as RequestInit);
        if (response.status === 401) sessionEnded();
        return response;
      },
      onConnect: () => told.status('open'),
      onScheduleReconnect: () => told.status(navigator.onLine ? 'connecting' : 'lost'),
      onDisconnect: () => told.status('connecting'),
      onMessage: ({ event = 'message', data }) => told.heard(liveEventOf(event, data)),
    });
    told.status('connecting');
  }
}
