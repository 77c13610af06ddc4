/** The log of the server, kept true by requests that wait for the next line; only while somebody looks at the page. */
import { useDocumentVisibility } from '@mantine/hooks';
import { api, isRecord } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { type JoinedLog, joined, type LogLine, NO_LOG, placesOf } from './log-joining.ts';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

export interface LogState extends JoinedLog {
  error: unknown;
  retry(): void;
}

const WAIT_SECONDS = 20;
/** Where several answer, none is asked for so long that the others' lines come late. */
const WAIT_AMONG_OTHERS_SECONDS = 3;
/** A server that logs all the time is asked this often, not all the time. */
const CALM_MS = 500;
const NOTHING = { ...NO_LOG, error: null };

export function useLog({ level: written, search }: { level: string; search: string }, isFollowing: boolean): LogState {
  const level: Level = LEVELS.find((one) => one === written) ?? 'info';
  const [state, setState] = useState<Omit<LogState, 'retry'>>(NOTHING);
  const [tries, setTries] = useState(0);
  const isVisible = useDocumentVisibility() !== 'hidden';
  const isOn = isFollowing && isVisible;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` begins anew
  useEffect(() => {
    const gone = new AbortController();
    follow({ level, search, isOn, signal: gone.signal, update: setState }).catch((error) => {
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
  update(change: (former: Omit<LogState, 'retry'>) => Omit<LogState, 'retry'>): void;
}

async function follow({ level, search, isOn, signal, update }: Follow): Promise<void> {
  let log = NO_LOG;
  do {
    const wait_seconds =
      log.processes.size === 0 ? 0 : log.processes.size > 1 ? WAIT_AMONG_OTHERS_SECONDS : WAIT_SECONDS;
    const query = { level, search, after: placesOf(log), wait_seconds };
    const { data } = await api.GET('/api/platform/logs', { params: { query }, signal });
    if (!data || signal.aborted) return;
    const { items, ...answer } = data;
    const isNews = items.length > 0 || data.missed || !log.processes.has(data.process);
    log = joined(log, { ...answer, lines: items.map((item) => lineOf(item, data.process)) });
    if (isNews) update(() => ({ ...log, error: null }));
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

function lineOf({ id, level, time, message, text }: Entry, process: string): LogLine {
  const entry = parsed(text);
  const { level: _level, time: _time, msg: _msg, ...rest } = entry ?? {};
  const shown = Object.keys(rest).length > 0 ? JSON.stringify(rest) : '';
  return {
    id,
    process,
    level,
    time,
    message,
    rest: shown,
    pretty: () => (entry ? JSON.stringify(entry, null, 2) : text),
  };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
