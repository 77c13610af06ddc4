/**
 * The states of an execution, and what moves it from one to another: every status that is written is written by this table.
 * `docs/states.md` draws it.
 */
import type { Phase } from '../language/phases.ts';
import type { What } from './lifecycle.ts';
import type { Execution } from './records.ts';

export interface Move {
  from: readonly Phase[];
  to: readonly Phase[];
  /** By what it comes about. */
  by: string;
  /** The lifecycle event that tells of it; null when nobody is told. */
  event: What | null;
  /** The columns that change with it, at that time. */
  written(row: Pick<Execution, 'started_at' | 'retries'>, now: number): Partial<Execution>;
}

const OPEN = ['pending', 'running', 'waiting', 'suspended'] as const;

export const MOVES = {
  begin: {
    from: ['pending', 'running', 'waiting'],
    to: ['running'],
    by: 'a slot that is free: at its start, when it is taken up again, or when what it waited for has come',
    event: 'started',
    written: ({ started_at }, now) => ({ status: 'running', started_at: started_at ?? now }),
  },
  wait: {
    from: ['running'],
    to: ['waiting'],
    by: 'its tasks: all of its branches wait for a time, an event, a person or a child',
    event: 'waiting',
    written: () => ({ status: 'waiting' }),
  },
  suspend: {
    from: OPEN,
    to: ['suspended'],
    by: 'a person',
    event: 'suspended',
    written: () => ({ status: 'suspended' }),
  },
  resume: {
    from: ['suspended'],
    to: ['pending', 'running'],
    by: 'a person',
    event: 'resumed',
    // One that never began has no place among those that run at once.
    written: ({ started_at }) => ({ status: started_at === null ? 'pending' : 'running', request: null, failures: 0 }),
  },
  retry: {
    from: ['faulted'],
    to: ['pending'],
    by: 'a person',
    event: null,
    written: ({ retries }, now) => ({
      status: 'pending',
      request: null,
      error: null,
      log: null,
      ended_at: null,
      failures: 0,
      started_at: now,
      retries: retries + 1,
    }),
  },
  complete: {
    from: ['running'],
    to: ['completed'],
    by: 'its last task',
    event: 'completed',
    written: (_row, now) => ended('completed', now),
  },
  fail: {
    from: ['running'],
    to: ['faulted'],
    by: 'an error that nothing catches, or having been begun too often without coming further',
    event: 'faulted',
    written: (_row, now) => ended('faulted', now),
  },
  cancel: {
    from: OPEN,
    to: ['cancelled'],
    by: 'a person, the removal of its workflow, or the end of what waited for it',
    event: 'cancelled',
    written: (_row, now) => ended('cancelled', now),
  },
} as const satisfies Record<string, Move>;

/** Whether an execution in that state may be moved so. */
export function mayMove(move: Move, { status }: Pick<Execution, 'status'>): boolean {
  return move.from.includes(status);
}

function ended(status: Phase, now: number): Partial<Execution> {
  return { status, ended_at: now, locked_by: null, locked_until: null };
}
