/** What is kept of executions: their rows as the engine holds them, and the checkpoints that write them. */
import type { CloudEvent, Transaction } from '#core/plugin.ts';
import type { ExecutionRow, TaskRow, WaitRow } from './tables.ts';

export type Execution = Omit<ExecutionRow, 'seq'>;
export type TaskRecord = Omit<TaskRow, 'id'>;

/** An event of an execution that becomes true with a checkpoint; made when somebody hears it. */
export interface Fact {
  type: string;
  /** True: of interest to who waits for it alone. False: it is published whoever hears it. */
  isPrivate: boolean;
  event(): CloudEvent;
}

/** A wait that begins, with the types of events that it asks for. */
export type NewWait = Omit<WaitRow, 'id'> & { types: readonly string[] };

export interface EndedWait {
  executionId: string;
  taskKey: string;
  isAbandoned: boolean;
}

export interface Checkpoint {
  /** The replica that must still have the execution, or nothing of this is written; null where nobody else can. */
  owner: string | null;
  /** As it is now; null when only its tasks have changed. */
  execution: Execution | null;
  tasks: readonly TaskRecord[];
  newWaits: readonly NewWait[];
  /** Task keys whose waiting is over; `isAbandoned` when what they waited for has not come. */
  endedWaits: readonly EndedWait[];
  /** Facts that become true with it. */
  events: readonly Fact[];
  /** Part of the same transaction: children, mails. */
  also?: readonly ((trx: Transaction) => Promise<void>)[];
}

export interface Checkpoints {
  /** Resolves when it is durable. */
  save(checkpoint: Checkpoint): Promise<void>;
}
