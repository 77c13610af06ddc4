/** What the engine works with: an execution in memory, the world around it, and its tasks as their kinds see them. */
import type { Logger } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import type { Definition, Kind, Task, TaskList } from '../language/definition.ts';
import type { Scope } from '../language/expressions.ts';
import type { Options } from '../language/options.ts';
import type { Stopped } from './control-flow.ts';
import type { EngineServices } from './ports.ts';
import type { Checkpoints, Execution, Fact, NewWait, TaskRecord } from './records.ts';
import type { WaitRow } from './tables.ts';

/** What a task needs of the world outside its execution. */
export interface World {
  services: EngineServices;
  config: WorkflowsConfig;
  checkpoints: Checkpoints;
  /** Who writes, where several replicas do; else null. */
  owner: string | null;
  kinds: Readonly<Record<Kind, TaskKind>>;
  log: Logger;
  /** Starts another execution; part of the checkpoint that records it. */
  startChild(run: Run, child: ChildStart): Promise<{ id: string }>;
  /** A wait with this time was added. */
  wake(wakeAt: number | null): void;
  /** Told of each record that became durable, for those who watch. */
  saved(executionId: string, records: readonly TaskRecord[]): void;
  /** Cancels a child that nobody will wait for. */
  abandonChild(id: string): Promise<void>;
  /** Whether the child has ended, and how. */
  childOutcome(id: string): Promise<ChildOutcome | null>;
}

export type ChildOutcome = Pick<Execution, 'status' | 'output' | 'error'> & {
  /** Texts in it that nobody may see. */
  hidden: string[];
};

export interface ChildStart {
  namespace: string;
  name: string;
  version: string;
  input: unknown;
  startKey: string;
  /** Whether the task waits for its end. */
  isAwaited: boolean;
}

/** Where in the definition, and in which run of it, the work is. */
export interface Frame {
  /** Iterations and tries of the composite tasks around: `2.0`. */
  instance: string;
  /** Variables of loops and catches. */
  variables: Scope;
  /** Tasks that may wait no longer than this, with the task whose time-out it is. */
  deadline: { at: number; reference: string } | null;
  signal: AbortSignal;
}

export interface Run {
  readonly world: World;
  readonly execution: Execution;
  readonly definition: Definition;
  readonly options: Options;
  /** Made when it is asked for first: what calls nobody and waits for nothing needs none. */
  readonly signal: AbortSignal;
  readonly secrets: Scope;
  readonly input: unknown;
  /** What is the same for the expressions of all its tasks; null until the first of them. */
  baseScope: Scope | null;
  /** The value that was written as JSON last (`latest-json.ts`). */
  latestJson: { value: object; json: string } | null;
  /** The output that a dry run gives instead of doing the task; undefined when it is to be done. */
  pinOf(reference: string, instance: string): unknown;
  context: unknown;
  /** When the task ended that exported it: what branches did side by side is restored in the order in which it happened. */
  contextAt: number;
  /** The record of an earlier process, or undefined. */
  recordOf(reference: string, instance: string): TaskRecord | undefined;
  /** A text of a record of an earlier process; long ones are read now. */
  textOf(record: TaskRecord, name: 'input' | 'output' | 'error' | 'context'): Promise<string | null>;
  /** Whether so much is noted that it has to be saved, whatever comes next. */
  isHeavy(): boolean;
  /** How often a task has been come to in this frame: 0 the first time. */
  visit(key: string): number;
  /** Puts a record among what the next checkpoint saves. */
  note(record: TaskRecord): void;
  /** Becomes true with the next checkpoint. */
  publish(fact: Fact): void;
  also(work: (trx: Transaction) => Promise<void>): void;
  /** Saves everything noted so far; resolves when it is durable. */
  save(): Promise<void>;
  /** Whether what runs in the frame was ended; its signal says why. Asks for no signal that nobody has. */
  hasEnded(frame: Frame): boolean;
  /** Throws when the execution was stopped or has done too much. */
  check(frame: Frame): void;
  /** What the wait of an earlier process has brought so far. */
  waitOf(taskKey: string): WaitRow | undefined;
  /**
   * Waits, in memory while other branches work, else by leaving it. Gives the wait as it is when it was woken.
   * `isOver` is asked once the row is there: what came before it was would otherwise be missed.
   */
  park(wait: NewWait, signal: AbortSignal, isOver?: () => Promise<boolean>): Promise<WaitRow | undefined>;
  /** `isAbandoned`: without what it waited for, so that a workflow it waited for is cancelled. */
  endWait(taskKey: string, isAbandoned?: boolean): void;
  /** Nothing in this task waits any more: it has failed, or others were faster. */
  endWaitsOf(reference: string): void;
  /** A fork's branches are counted, so that the last one that waits lets the memory go. */
  addBranches(count: number): void;
  endBranch(): void;
  stop(reason: Stopped['reason']): void;
  /** A wait has ended: goes on if it waits in memory. */
  wake(wait: WaitRow): boolean;
  /** Why it was asked to stop; null while it was not. */
  stopReason(): Stopped['reason'] | null;
  isSaved(): boolean;
  /** Masks the values of secrets in JSON. */
  masked(json: string): string;
  /** JSON as it may be stored: encrypted when a secret is in it. */
  sealed(json: string): string;
  /** Texts that nobody may see; tokens that calls were given come to them. As in JSON, see `secretTexts`. */
  readonly hidden: Set<string>;
}

/** What an earlier process has made, read when somebody needs it. */
export type Later = () => Promise<unknown>;

/** What a list or a task ended with. `next` is a flow directive: `continue`, `exit`, `end`, or the name of a task. */
export interface Outcome {
  output: unknown;
  next: string;
  /** A list that was left with `exit`. */
  hasExited?: boolean;
}

/** A task as its kind sees it. */
export interface TaskCall {
  run: Run;
  task: Task;
  /** JSON pointer of the task. */
  reference: string;
  /** This run of it: unique in the execution together with the reference. */
  instance: string;
  input: unknown;
  scope: Scope;
  frame: Frame;
  record: TaskRecord;
  /** What this makes, the first time that the task runs: it goes on with the same after a restart. */
  checkpoint(make: () => Promise<unknown>): Promise<unknown>;
  /** Runs a list inside this task; `step` tells several runs of the same list apart. */
  runList(
    list: TaskList,
    path: string,
    input: unknown,
    step?: string,
    variables?: Scope,
    frame?: Frame,
  ): Promise<Outcome>;
  /** Runs one branch of `fork`. */
  runBranch(index: number, frame: Frame): Promise<Outcome>;
}

/** Gives the raw output, and a flow directive when the kind decides on one. */
export type TaskKind = (call: TaskCall) => Raw | Promise<Raw>;

export interface Raw {
  output: unknown;
  next?: string;
}
