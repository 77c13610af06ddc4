/**
 * The lines of several processes as one log: behind a balancer each answer may be another process's. What is kept of each is
 * the place up to which its lines are known; each answer changes the lines of its own process alone.
 */

export interface LogLine {
  /** Counts up within its process. */
  id: number;
  /** Short name of the process that wrote it. */
  process: string;
  level: string;
  /** ISO 8601, UTC. */
  time: string | null;
  message: string;
  /** The other fields, in one line. */
  rest: string;
  pretty(): string;
}

export interface JoinedLog {
  /** Oldest first; null until they are there. */
  lines: readonly LogLine[] | null;
  /** Whose they are: people's name by short name, who answered last at the end. */
  processes: ReadonlyMap<string, { replica: string; cursor: string }>;
  /** Lines of a process are gone that were not seen. */
  missed: boolean;
}

export interface LogAnswer {
  process: string;
  replica: string;
  cursor: string;
  missed: boolean;
  lines: readonly LogLine[];
}

export const NO_LOG: JoinedLog = { lines: null, processes: new Map(), missed: false };

const SHOWN = 2_000;
/** Processes that were replaced are asked for no more. */
const MOST_PROCESSES = 8;

/** Where each process is to go on: each takes its own place from among them. */
export function placesOf({ processes }: JoinedLog): string {
  return [...processes.values()].map(({ cursor }) => cursor).join(',');
}

export function joined(former: JoinedLog, answer: LogAnswer): JoinedLog {
  const { process, replica, cursor } = answer;
  const isKnown = former.processes.has(process);
  const isAnew = !isKnown || answer.missed;
  const others = [...former.processes].filter(([name]) => name !== process);
  const processes = new Map([...others.slice(1 - MOST_PROCESSES), [process, { replica, cursor }]]);
  const kept = (former.lines ?? []).filter((line) => !isAnew || line.process !== process);
  const lines = [...kept, ...answer.lines];
  if (processes.size > 1) lines.sort((one, other) => compare(one.time ?? '', other.time ?? ''));
  return { lines: lines.slice(-SHOWN), processes, missed: former.missed || (isKnown && answer.missed) };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
