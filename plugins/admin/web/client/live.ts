/**
 * What happens, as it happens. One server-sent stream for the whole browser: one of its tabs holds it (a lock says which)
 * and tells the others; when that tab is closed, another takes over.
 */
import { useEffect, useRef } from 'react';
import type { LiveEvent } from './live-event.ts';
import { createLiveStream, type LiveStream } from './live-stream.ts';
import { type Paced, paced } from './paced.ts';
import { suspectServer } from './server-reach.ts';

type Message =
  | { kind: 'wants'; tab: string; topics: readonly string[] }
  | { kind: 'gone'; tab: string }
  | { kind: 'who' }
  | { kind: 'event'; event: LiveEvent }
  | { kind: 'lost' };

const NAME = 'patchbay-live';
/** Between two readings of the same thing, however much happens. */
const REFRESH_PAUSE_MS = 1_000;

const tab = crypto.randomUUID();
const listeners = new Set<{ topics: readonly string[]; receive(event: LiveEvent): void }>();
const wanted = new Map<string, readonly string[]>();
let channel: BroadcastChannel | null = null;
let stream: LiveStream | null = null;

/**
 * Calls `receive` for every event of the topics (`mail.received`, `mail.*`, `mail.received/ada@example.com`), and for `reset`.
 * What reads from the server again takes `useLiveRefresh`.
 */
export function useLive(topics: readonly string[], receive: (event: LiveEvent) => void): void {
  const latest = useRef(receive);
  latest.current = receive;
  const key = topics.join(',');
  useEffect(() => {
    if (key === '') return;
    const listener = { topics: key.split(','), receive: (event: LiveEvent) => latest.current(event) };
    listeners.add(listener);
    begin();
    announceWishes();
    return () => {
      listeners.delete(listener);
      announceWishes();
    };
  }, [key]);
}

/**
 * Reads something again when an event of the topics happens, all of them or those that `isAbout` says: at once, and then
 * once a pause for whatever happens meanwhile. A reading that is under way is never cancelled for the next one, so a
 * busy hour costs the server a request a second, not one for each event.
 */
export function useLiveRefresh(
  topics: readonly string[],
  refresh: () => unknown,
  isAbout: (event: LiveEvent) => boolean = () => true,
): void {
  const latest = useRef(refresh);
  latest.current = refresh;
  const pace = useRef<Paced | null>(null);
  useEffect(() => {
    const own = paced(() => latest.current(), REFRESH_PAUSE_MS);
    pace.current = own;
    return () => own.stop();
  }, []);
  useLive(topics, (event) => {
    if (event.type === 'reset' || isAbout(event)) pace.current?.run();
  });
}

function begin(): void {
  if (channel) return;
  channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }: MessageEvent<Message>) => receive(data);
  addEventListener('pagehide', () => say({ kind: 'gone', tab }));
  addEventListener('pageshow', (event) => event.persisted && announceWishes());
  void navigator.locks.request(NAME, async () => {
    stream = createLiveStream({
      received: (event) => say({ kind: 'event', event }),
      lost: () => say({ kind: 'lost' }),
    });
    say({ kind: 'who' });
    // The lock is this tab's until it is closed.
    await new Promise(() => {});
  });
}

function announceWishes(): void {
  say({ kind: 'wants', tab, topics: [...new Set([...listeners].flatMap(({ topics }) => topics))] });
}

/** To the other tabs, and to this one. */
function say(message: Message): void {
  channel?.postMessage(message);
  receive(message);
}

function receive(message: Message): void {
  if (message.kind === 'event') deliver(message.event);
  if (message.kind === 'lost') suspectServer();
  if (message.kind === 'who') announceWishes();
  if (message.kind === 'wants') wanted.set(message.tab, message.topics);
  if (message.kind === 'gone') wanted.delete(message.tab);
  if (message.kind === 'wants' || message.kind === 'gone') stream?.follow(new Set([...wanted.values()].flat()));
}

function deliver(event: LiveEvent): void {
  for (const { topics, receive } of [...listeners])
    if (event.type === 'reset' || topics.some((topic) => isAbout(topic, event))) receive(event);
}

function isAbout(topic: string, { type, subject }: LiveEvent): boolean {
  const [name = '', about] = topic.split('/');
  if (about !== undefined && about !== subject) return false;
  return name.endsWith('*') ? type.startsWith(name.slice(0, -1)) : name === type;
}
