/** Who else looks at the open conversation, and who writes in it: said every now and then, and heard at once. */
import { isRecord, send, useLive, useMe } from 'patchbay-platform/ui';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { CONVERSATION } from './place.ts';

export interface Present {
  id: string;
  name: string;
  doing: 'looking' | 'writing';
}

export interface Presence {
  /** Everybody but oneself. */
  others: readonly Present[];
  /** A key was pressed. */
  write(): void;
  /** What was written is sent, or gone. */
  stopWriting(): void;
}

type Doing = Present['doing'] | 'gone';

/** Who goes through the list by keys looks at none of them. */
const LOOKED_MS = 800;
/** The server takes whoever is silent for 45 seconds for gone. */
const AGAIN_MS = 20_000;
/** And for 15 for somebody who does not write any more. */
const WRITING_AGAIN_MS = 10_000;
const IDLE_MS = 6_000;

export function usePresence(id: string): Presence {
  const { user } = useMe();
  const [others, setOthers] = useState<readonly Present[]>([]);
  const doing = useRef<Doing>('gone');
  const saidAt = useRef(0);
  const idle = useRef<ReturnType<typeof setTimeout>>(undefined);

  const say = useCallback(
    async (next: Doing) => {
      doing.current = next;
      saidAt.current = Date.now();
      const people = await report(id, next);
      if (people && doing.current !== 'gone') setOthers(people);
    },
    [id],
  );
  const stopWriting = useCallback(() => {
    clearTimeout(idle.current);
    if (doing.current === 'writing') void say('looking');
  }, [say]);
  const write = useCallback(() => {
    clearTimeout(idle.current);
    idle.current = setTimeout(stopWriting, IDLE_MS);
    if (doing.current !== 'writing' || Date.now() - saidAt.current > WRITING_AGAIN_MS) void say('writing');
  }, [say, stopWriting]);

  useEffect(() => {
    let first: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(first);
      if (document.visibilityState === 'visible') first = setTimeout(() => void say('looking'), LOOKED_MS);
      else leave();
    };
    const leave = () => {
      clearTimeout(first);
      clearTimeout(idle.current);
      if (doing.current !== 'gone') void say('gone');
    };
    const again = setInterval(() => {
      if (doing.current !== 'gone') void say(doing.current);
    }, AGAIN_MS);
    document.addEventListener('visibilitychange', look);
    addEventListener('pagehide', leave);
    look();
    return () => {
      clearInterval(again);
      document.removeEventListener('visibilitychange', look);
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [say]);

  useLive(['inbox.presence'], ({ type, data }) => {
    if (type === 'reset' && doing.current !== 'gone') void say(doing.current);
    const told = presentIn(data);
    if (!told || told.conversation !== id || told.person.id === user?.id) return;
    const { person, doing: theirs } = told;
    setOthers((known) => [
      ...known.filter((other) => other.id !== person.id),
      ...(theirs === 'gone' ? [] : [{ ...person, doing: theirs }]),
    ]);
  });
  return useMemo(() => ({ others, write, stopWriting }), [others, write, stopWriting]);
}

/** Nobody misses it when it fails: null. It goes out also while the page is left. */
async function report(id: string, doing: Doing): Promise<Present[] | null> {
  try {
    const answer = await send(`${CONVERSATION.replace('{id}', encodeURIComponent(id))}/presence`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ doing }),
      keepalive: true,
    });
    return (await answer.json()).people;
  } catch {
    return null;
  }
}

function presentIn(data: unknown) {
  if (!isRecord(data) || !isRecord(data.person)) return null;
  const doing = (['looking', 'writing', 'gone'] as const).find((one) => one === data.doing);
  const { id, name } = data.person;
  return doing && { conversation: data.conversation_id, person: { id: String(id), name: String(name) }, doing };
}
