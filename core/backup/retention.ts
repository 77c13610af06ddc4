/** Which scheduled backups go: the newest of some days, weeks and months stays. By the calendar of UTC. */
import { DAY_MS } from '../iso-time.ts';

export interface KeptFor {
  daily: number;
  weekly: number;
  monthly: number;
}

export interface ScheduledBackup {
  name: string;
  created_at: number;
  /** Of its latest rehearsal; null when there was none. */
  rehearsal: 'passed' | 'failed' | null;
}

/** One that cannot be restored takes no other one's place, and stays so long for whoever wants to know why. */
const DAMAGED_STAY_MS = 7 * DAY_MS;
/** The first Monday of the epoch was its fifth day. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

type PeriodOf = (time: number) => number | string;
const dayOf: PeriodOf = (time) => Math.floor(time / DAY_MS);
const weekOf: PeriodOf = (time) => Math.floor((time - FIRST_MONDAY_MS) / (7 * DAY_MS));
const monthOf: PeriodOf = (time) => new Date(time).toISOString().slice(0, 7);

/** Names of those that have had their time. Never the newest good one, and never the newest of which a rehearsal has shown that it is. */
export function outlived<B extends ScheduledBackup>(backups: readonly B[], keep: KeptFor, now: number): string[] {
  const newestFirst = backups.toSorted((one, other) => other.created_at - one.created_at);
  const good = newestFirst.filter(({ rehearsal }) => rehearsal !== 'failed');
  const stays = new Set<B | undefined>([
    ...newestOf(good, dayOf, keep.daily),
    ...newestOf(good, weekOf, keep.weekly),
    ...newestOf(good, monthOf, keep.monthly),
    ...newestFirst.filter((one) => one.rehearsal === 'failed' && now - one.created_at < DAMAGED_STAY_MS),
    good[0],
    good.find(({ rehearsal }) => rehearsal === 'passed'),
  ]);
  return newestFirst.filter((one) => !stays.has(one)).map(({ name }) => name);
}

/** The newest of each of the latest periods in which there are some: days without a backup take no place. */
function newestOf<B extends ScheduledBackup>(newestFirst: readonly B[], periodOf: PeriodOf, count: number): B[] {
  const newest = new Map<number | string, B>();
  for (const backup of newestFirst) {
    const period = periodOf(backup.created_at);
    if (!newest.has(period)) newest.set(period, backup);
  }
  return [...newest.values()].slice(0, count);
}
