/** The log of the server, kept true by requests that wait for the next line; only while somebody looks at the page. */
import { useDocumentVisibility } from '@mantine/hooks';
import { api, isRecord } from 'patchbay/ui';
import { useEffect, useState } from 'react';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  id: number;
  level: string;
  /** ISO 8601, UTC. */
  time: string | null;
  message: string;
  /** The other fields, in one line. */
  rest: string;
  pretty(): string;
}

export interface LogState {
  /** Oldest first; null until they are there. */
  lines: readonly LogLine[] | null;
  /** Whose they are. */
  replica: string | null;
  missed: boolean;
  error: unknown;
  retry(): void;
}

const WAIT_SECONDS = 20;
const SHOWN = 2_000;
/** A server that logs all the time is asked this often, not all the time. */
const CALM_MS = 500;
const NOTHING = { lines: null, replica: null, missed: false, error: null };

export function useLog({ level: written, search }: { level: string; search: string }, isFollowing: boolean): LogState {
  const level: Level = LEVELS.find((one) => one === written) ?? 'info';
  const [state, setState] = useState<Omit<LogState, 'retry'>>(NOTHING);
  const [tries, setTries] = useState(0);
  const isVisible = useDocumentVisibility() !== 'hidden';
  const isOn = isFollowing && isVisible;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` begins anew
  useEffect(() => {
    const gone = new AbortController();
    follow({ level, search, isOn, signal: gone.signal, tell: setState }).catch((error) => {
      if (!gone.signal.aborted) setState((former) => ({ ...former, error }));
    });
    return () => gone.abort();
  }, [level, search, isOn, tries]);

  return { ...state, retry: () => setTries((count) => count + 1) };
}

interface Follow {
  level: Level;
  search: string;
  isOn: boolean;
  signal: AbortSignal;
  tell(change: (former: Omit<LogState, 'retry'>) => Omit<LogState, 'retry'>): void;
}

async function follow({ level, search, isOn, signal, tell }: Follow): Promise<void> {
  let after = '';
  do {
    const wait_seconds = after === '' ? 0 : WAIT_SECONDS;
    const query = { level, search, after, wait_seconds };
    const { data } = await api.GET('/api/platform/logs', { params: { query }, signal });
    if (!data || signal.aborted) return;
    const { replica, cursor, items } = data;
    const isAnew = after === '' || data.missed;
    const missed = after !== '' && data.missed;
    const more = items.map(lineOf);
    if (isAnew || more.length > 0) {
      tell((former) => ({
        ...{ replica, missed: missed || (!isAnew && former.missed), error: null },
        lines: isAnew ? more : [...(former.lines ?? []), ...more].slice(-SHOWN),
      }));
    }
    after = cursor;
    if (isOn) await pause(signal);
  } while (isOn && !signal.aborted);
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CALM_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

interface Entry {
  id: number;
  level: string;
  time: string | null;
  message: string;
  text: string;
}

function lineOf({ id, level, time, message, text }: Entry): LogLine {
  const entry = parsed(text);
  const { level: _level, time: _time, msg: _msg, ...rest } = entry ?? {};
  const shown = Object.keys(rest).length > 0 ? JSON.stringify(rest) : '';
  return { id, level, time, message, rest: shown, pretty: () => (entry ? JSON.stringify(entry, null, 2) : text) };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
