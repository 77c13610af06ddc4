/** Rows of executions: the records of their tasks, what they wait for, and the values by which they are found. */
import type { OwnedTables } from '#core/plugin.ts';

import type { Phase } from '../language/phases.ts';

export interface ExecutionRow {
  /** UUIDv7. */
  id: string;
  seq: number;
  workflow_id: number;
  definition_id: number;
  tenant_id: string;
  status: Phase;
  priority: number;
  /** JSON, sealed when a secret is in it. */
  input: string;
  output: string | null;
  error: string | null;
  /** JSON: what started it. */
  origin: string;
  /** The same start twice gives one execution. */
  start_key: string | null;
  /** `workflow:limit:key`: so many with the same one run at once, where the workflow says so. */
  slot: string | null;
  parent_id: string | null;
  depth: number;
  /** The execution that this one comes from, by any number of starts and events in between; null when it is the first. */
  root_id: string | null;
  /** How often it was begun since a task of it was completed: a crash counts. */
  failures: number;
  /** The execution that this one repeats. */
  replay_of: string | null;
  /** How often people had it try again: its calls are new ones then. */
  retries: number;
  /** JSON of a dry run: outputs by reference, or by reference and instance as `reference#instance`. */
  pins: string | null;
  /** For the replica that has it in memory. */
  request: 'cancel' | 'suspend' | null;
  /** JSON of its tasks when it was saved once, at its end; null when they have rows of their own. */
  log: string | null;
  locked_by: string | null;
  locked_until: number | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

/** The record of one task: the log that people read, and the checkpoint that an execution goes on from. */
export interface TaskRow {
  id: number;
  execution_id: string;
  /** JSON pointer of the task in its definition. */
  reference: string;
  /** Which of several runs of the same task this is: iterations and tries, as `2.0`; '' for the first. */
  instance: string;
  status: 'running' | 'waiting' | 'completed' | 'faulted' | 'skipped' | 'cancelled';
  input: string | null;
  output: string | null;
  error: string | null;
  /** JSON of `$context` where the task exported one. */
  context: string | null;
  /** The flow directive that it ended with. */
  next: string | null;
  attempts: number;
  started_at: number;
  ended_at: number | null;
}

/** Something that an execution waits for. */
export interface WaitRow {
  id: number;
  execution_id: string;
  tenant_id: string;
  /** Reference and instance of the task. */
  task_key: string;
  kind: 'timer' | 'events' | 'approval' | 'execution';
  wake_at: number | null;
  /** JSON: `ListenDetail` of events, `ApprovalDetail` of an approval, the id of the child of an execution. */
  detail: string;
  /** JSON list of what has come. */
  received: string;
  /** Who is asked for a decision (uuid), where they have shown that the address is theirs; null otherwise and once decided. */
  approver_id: string | null;
  created_at: number;
}

/** An event type that a wait asks for; '*' for any. */
export interface WaitTypeRow {
  wait_id: number;
  type: string;
}

/** A value by which an execution is found. */
export interface CorrelationRow {
  value: string;
  tenant_id: string;
  execution_id: string;
}

declare global {
  namespace Patchbay {
    interface Tables {
      workflows_executions: ExecutionRow;
      workflows_tasks: TaskRow;
      workflows_waits: WaitRow;
      workflows_wait_types: WaitTypeRow;
      workflows_correlations: CorrelationRow;
    }
  }
}

/** Whose they are. */
export const engineTables = {
  workflows_executions: {
    'tenant.deleted': { by: 'executions/erasure.ts' },
    'user.deleted': { by: 'executions/erasure.ts' },
  },
  workflows_waits: {
    'tenant.deleted': { by: 'the execution that waits' },
    'user.deleted': { by: 'approvals/erasure.ts' },
  },
  workflows_correlations: { 'tenant.deleted': 'tenant_id' },
} satisfies OwnedTables;
