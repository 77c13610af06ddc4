/** One execution in memory: its records, what is not yet saved, and who of its branches waits. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getOwn } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import { type Definition, optionsOf } from '../language/definition.ts';
import type { Scope } from '../language/expressions.ts';
import { fault } from '../language/faults.ts';
import { Parked, Stopped, Unsaved } from './control-flow.ts';
import type { Run, World } from './model.ts';
import { packed } from './packed-log.ts';
import type { EndedWait, Execution, Fact, NewWait, TaskRecord } from './records.ts';
import { hiddenIn, maskedJson, sealed, secretTexts, unsealed } from './secret-texts.ts';
import { textOf } from './stored-log.ts';
import type { TaskRow, WaitRow } from './tables.ts';

export interface RunOptions {
  world: World;
  execution: Execution;
  definition: Definition;
  secrets: Scope;
  records: readonly TaskRow[];
  /** Texts that nobody may see, of an earlier process. */
  hidden?: readonly string[];
  /** Size of the log so far. */
  bytes?: number;
  waits: readonly WaitRow[];
  /** False while nobody was told of it: then it may still run to its end without a trace in between. */
  isSaved: boolean;
}

/** What is noted goes to the database before it is more, whatever comes next. */
const MOST_NOTED = 4 * 1024 * 1024;
const IN_ONE_TURN_MS = 10;
/** Records that are sealed without a look at the time, where there is nothing to hide in them. */
const FEW = 20;

export function createRun(given: RunOptions): Run {
  const { world, execution, definition, secrets, records, waits, isSaved } = given;
  const options = optionsOf(definition);
  let abort: AbortController | null = null;
  const known = new Map<string, TaskRecord>(records.map((row) => [`${row.reference} ${row.instance}`, row]));
  const knownWaits = new Map(waits.map((wait) => [wait.task_key, wait]));
  const openWaits = new Set(knownWaits.keys());
  const parked = new Map<string, { resolve(wait: WaitRow): void; reject(signal: Parked | Stopped): void }>();
  const visits = new Map<string, number>();
  const hidden = new Set([
    ...secretTexts(secrets),
    ...(given.hidden ?? hiddenIn(world.services, execution.id, records.flatMap(textsOf))),
    ...hiddenIn(world.services, execution.id, [execution.input]),
  ]);
  const pins: Record<string, unknown> | null = execution.pins === null ? null : JSON.parse(execution.pins);
  let noted = new Map<string, TaskRecord>();
  let notedBytes = 0;
  let savedBytes = given.bytes ?? 0;
  let newWaits: NewWait[] = [];
  let endedWaits: EndedWait[] = [];
  let facts: Fact[] = [];
  let works: ((trx: Transaction) => Promise<void>)[] = [];
  let branches = 1;
  let tasks = 0;
  let stopped: Stopped | null = null;
  let saved = isSaved;
  let saving: Promise<void> | null = null;
  let following: Promise<void> | null = null;

  const inputJson = unsealed(world.services, execution.id, execution.input);
  const input: unknown = JSON.parse(inputJson);

  const run: Run = {
    world,
    execution,
    definition,
    options,
    get signal() {
      abort ??= new AbortController();
      if (stopped) abort.abort(stopped);
      return abort.signal;
    },
    secrets,
    input,
    context: null,
    baseScope: null,
    latestJson: typeof input === 'object' && input !== null ? { value: input, json: inputJson } : null,
    pinOf(reference, instance) {
      if (pins === null) return undefined;
      const exact = getOwn(pins, `${reference}#${instance}`);
      return exact === undefined ? getOwn(pins, reference) : exact;
    },
    contextAt: 0,
    recordOf: (reference, instance) => known.get(`${reference} ${instance}`),
    visit(key) {
      const count = visits.get(key) ?? 0;
      visits.set(key, count + 1);
      return count;
    },
    note(record) {
      const key = `${record.reference} ${record.instance}`;
      const before = noted.get(key);
      notedBytes += sizeOfTexts(record) - (before ? sizeOfTexts(before) : 0);
      noted.set(key, record);
    },
    textOf: (record, name) => textOf(world.services.db, record, name),
    isHeavy: () => notedBytes > MOST_NOTED,
    publish: (fact) => void facts.push(fact),
    also: (work) => void works.push(work),
    save,
    check(frame) {
      if (stopped) throw stopped;
      if (run.hasEnded(frame)) throw frame.signal.reason;
      if (++tasks > world.config.maxTasks) {
        throw fault('runtime', `More than ${world.config.maxTasks} tasks: is there a loop that never ends?`);
      }
      const { maxLogBytes } = world.config;
      if (savedBytes + notedBytes > maxLogBytes)
        throw fault('runtime', `The log of the execution is larger than ${maxLogBytes} bytes, which is the limit`);
    },
    // Each signal of a frame comes from that of the execution: as long as nobody asked for that, only a stop can have ended it.
    hasEnded: (frame) => stopped !== null || (abort !== null && frame.signal.aborted),
    waitOf: (taskKey) => knownWaits.get(taskKey),
    async park(wait, signal, isOver) {
      if (signal.aborted) throw signal.reason;
      openWaits.add(wait.task_key);
      newWaits.push(wait);
      await save();
      world.wake(wait.wake_at);
      if (signal.aborted) {
        if (!stopped) run.endWait(wait.task_key, true);
        throw signal.reason;
      }
      if (await isOver?.()) return undefined;
      return new Promise<WaitRow>((resolve, reject) => {
        const end = (): void => {
          if (!parked.delete(wait.task_key)) return;
          branches++;
          // Who is only stopped waits on later, with what has come so far.
          if (!stopped) run.endWait(wait.task_key, true);
          reject(signal.reason);
        };
        const done = (): void => signal.removeEventListener('abort', end);
        parked.set(wait.task_key, {
          resolve(woken) {
            done();
            resolve(woken);
          },
          reject(reason) {
            done();
            reject(reason);
          },
        });
        signal.addEventListener('abort', end);
        branches--;
        leaveWhenAllWait();
      });
    },
    endWait(taskKey, isAbandoned = false) {
      openWaits.delete(taskKey);
      endedWaits.push({ executionId: execution.id, taskKey, isAbandoned });
    },
    endWaitsOf(reference) {
      for (const key of [...openWaits]) {
        if (key.startsWith(`${reference} `) || key.startsWith(`${reference}/`)) run.endWait(key, true);
      }
    },
    addBranches(count) {
      branches += count;
    },
    endBranch() {
      branches--;
      leaveWhenAllWait();
    },
    stop(reason) {
      stopped = new Stopped(reason);
      abort?.abort(stopped);
      for (const [key, { reject }] of [...parked]) {
        parked.delete(key);
        branches++;
        reject(stopped);
      }
    },
    wake(wait) {
      knownWaits.set(wait.task_key, wait);
      const waiting = parked.get(wait.task_key);
      if (!waiting) return false;
      parked.delete(wait.task_key);
      branches++;
      waiting.resolve(wait);
      return true;
    },
    stopReason: () => stopped?.reason ?? null,
    isSaved: () => saved,
    masked: (json) => maskedJson(json, hidden),
    sealed: (json) => sealed(world.services, execution.id, json, hidden),
    hidden,
  };
  return run;

  function leaveWhenAllWait(): void {
    if (branches > 0 || parked.size === 0) return;
    // Not at once: an event that is on its way already would only bring it back.
    setImmediate(() => {
      if (branches > 0) return;
      for (const [key, { reject }] of [...parked]) {
        parked.delete(key);
        branches++;
        reject(new Parked());
      }
    });
  }

  /** One after another: all that is noted while one is under way goes with the next, which is one for all who ask. */
  function save(): Promise<void> {
    if (following) return following;
    if (!saving) return saveNow();
    following = saving.catch(() => {}).then(saveNow);
    return following;
  }

  function saveNow(): Promise<void> {
    following = null;
    const now = saveNoted();
    const isOver = (): void => {
      saving = null;
    };
    saving = now;
    now.then(isOver, isOver);
    return now;
  }

  async function saveNoted(): Promise<void> {
    // Who wants no log gets none: what is there goes with the end.
    const isUnwanted = options.logging === 'none' && execution.ended_at !== null;
    const plain = isUnwanted ? [] : [...noted.values()];
    // It comes further: what went wrong before is over.
    if (plain.some(({ status }) => status === 'completed')) execution.failures = 0;
    // What there is now goes together: while it is being sealed, more may come.
    const now = { execution: { ...execution }, newWaits, endedWaits, events: facts, also: works };
    noted = new Map();
    savedBytes += notedBytes;
    notedBytes = 0;
    newWaits = [];
    endedWaits = [];
    facts = [];
    works = [];
    let records: TaskRecord[];
    try {
      const sealing = plain.length > FEW || hidden.size > 0 ? sealedInTurn(plain) : plain.map(sealedRecord);
      records = sealing instanceof Promise ? await sealing : sealing;
      // What nobody has seen before its end is written as one row.
      const log = saved || now.execution.ended_at === null ? null : packed(records);
      await world.checkpoints.save({
        ...now,
        // A first one finds no row that another replica could have taken over.
        owner: saved ? world.owner : null,
        execution: { ...now.execution, log },
        tasks: log === null ? records : [],
      });
    } catch (error) {
      throw new Unsaved(error);
    }
    saved = true;
    world.saved(execution.id, records);
  }

  function sealedRecord(record: TaskRecord): TaskRecord {
    return withTexts(record, run.sealed);
  }

  /** There may be thousands, and many texts to hide: others have their turn between them. */
  async function sealedInTurn(plain: readonly TaskRecord[]): Promise<TaskRecord[]> {
    const records: TaskRecord[] = [];
    let until = performance.now() + IN_ONE_TURN_MS;
    for (const record of plain) {
      records.push(sealedRecord(record));
      if (performance.now() < until) continue;
      await nextTurn();
      until = performance.now() + IN_ONE_TURN_MS;
    }
    return records;
  }
}

function sizeOfTexts({ input, output, error, context }: TaskRecord): number {
  return (input?.length ?? 0) + (output?.length ?? 0) + (error?.length ?? 0) + (context?.length ?? 0);
}

export function textsOf({ input, output, error, context }: TaskRecord): (string | null)[] {
  return [input, output, error, context];
}

/** The record with each of its JSON texts changed. */
export function withTexts(record: TaskRecord, change: (text: string) => string): TaskRecord {
  const changed = (text: string | null): string | null => text && change(text);
  const { input, output, error, context } = record;
  return {
    ...record,
    input: changed(input),
    output: changed(output),
    error: changed(error),
    context: changed(context),
  };
}
