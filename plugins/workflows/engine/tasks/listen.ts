/** `listen`: a row that asks for events. They come to it by the job that hands events out. */
import type { CloudEvent } from '#core/plugin.ts';
import type { Strategy, Task } from '../../language/definition.ts';
import { allFiltersOf, typesOf } from '../../language/event-filters.ts';
import { evaluateExpression, isExpectExpression, isTrue, type Scope } from '../../language/expressions.ts';
import { fault } from '../../language/faults.ts';
import { recordCorrelations, valuesOf } from '../correlations.ts';
import { exportTo, transformed } from '../data.ts';
import { lifecycleEvent } from '../lifecycle.ts';
import type { Correlation, Gathered, Received } from '../matching.ts';
import type { TaskCall, TaskKind } from '../model.ts';
import { unsealed } from '../secret-texts.ts';
import { newWait, parkedIn, refuseLate, taskKeyOf } from './waiting.ts';

/** `detail` of a wait for events. */
export interface ListenDetail {
  strategy: Strategy;
  read: 'data' | 'envelope' | 'raw';
  correlation: Correlation;
  /** JSON of what the strategy's expressions see; sealed when a secret is in it. */
  scope?: string;
  /** Sealed JSON of the texts that nobody may see, so that an event which brings one of them is kept sealed as well. */
  hidden?: string;
  /** Wake for every event, not only when all have come. */
  each: boolean;
  isDone: boolean;
  /** More has come than may be kept. */
  isFull?: boolean;
  /** What has come for `until`. */
  until?: Gathered;
}

export const listenTask: TaskKind = async (call) => {
  const { task, run, record } = call;
  const strategy = task.listen?.to ?? {};
  const read = task.listen?.read ?? 'data';
  const taskKey = taskKeyOf(call);
  const open = (text: string): string => unsealed(run.world.services, run.execution.id, text);
  const rounds = task.foreach ? createRounds(call, task.foreach, strategy, read) : null;
  const isLogged = run.options.logging !== 'none';
  record.status = 'waiting';
  let wait = run.waitOf(taskKey);
  if (isLogged && !wait) lifecycleEvent(run, 'workflow', 'correlation-started');
  for (;;) {
    const received: Received[] = wait ? JSON.parse(open(wait.received)) : [];
    const known: ListenDetail | null = wait ? JSON.parse(open(wait.detail)) : null;
    const end = await rounds?.work(received);
    if (end) {
      run.endWait(taskKey);
      return end;
    }
    if (known?.isFull) throw fault('runtime', 'The events that have come are larger than what a task may hold');
    if (known?.isDone) {
      const keys = Object.keys(known.correlation).length > 0 && { correlationKeys: known.correlation };
      if (isLogged) lifecycleEvent(run, 'workflow', 'correlation-completed', { ...keys });
      run.endWait(taskKey);
      record.status = 'running';
      return { output: rounds ? rounds.results : received.map(({ event }) => readOf(event, read)) };
    }
    refuseLate(call, 'No such event arrived in time');
    const detail = known ?? (await beginning(call, strategy, read));
    const types = typesOf(strategy);
    run.world.services.workflowEvents.await(types);
    const text = JSON.stringify(received);
    const row = {
      kind: 'events' as const,
      detail: run.sealed(JSON.stringify(detail)),
      received: run.sealed(text),
      types,
    };
    wait = await parkedIn(
      call,
      newWait(call, row),
      (now) => open(now.received) !== text || isOver(JSON.parse(open(now.detail))),
    );
  }
};

function isOver({ isDone, isFull = false }: ListenDetail): boolean {
  return isDone || isFull;
}

/** What it listens for, from the first time on. What `expect` fixes is what the execution is found by. */
async function beginning({ task, run, input, scope }: TaskCall, strategy: Strategy, read: ListenDetail['read']) {
  const correlation = await expected(strategy, input, scope);
  // What is a secret is no word to look for.
  const values = valuesOf(correlation).filter((value) => run.masked(JSON.stringify(value)) === JSON.stringify(value));
  if (values.length > 0) run.also((trx) => recordCorrelations(trx, run.execution, values));
  const detail: ListenDetail = {
    strategy,
    read,
    correlation,
    scope: run.sealed(JSON.stringify(namedIn(strategy, scope))),
    ...(run.hidden.size > 0 && { hidden: run.sealed(JSON.stringify([...run.hidden])) }),
    each: task.foreach !== undefined,
    isDone: false,
  };
  return detail;
}

/** `foreach`: a round of tasks for each event as it comes; what one round gives is what the next one gets. */
function createRounds(
  { run, input, scope, reference, runList }: TaskCall,
  { item = 'item', at = 'index', do: list = [], output, export: export_ }: NonNullable<Task['foreach']>,
  strategy: Strategy,
  read: ListenDetail['read'],
) {
  const results: unknown[] = [];
  let data = input;
  return { work, results };

  /** The rounds of those that are new. Gives the end of the task when a round ends it, or when there are enough. */
  async function work(received: readonly Received[]): Promise<Awaited<ReturnType<TaskKind>> | null> {
    for (const [place, { event }] of [...received.entries()].slice(results.length)) {
      const variables = { [item]: readOf(event, read), [at]: place, context: run.context };
      const outcome = await runList(list, 'foreach/do', data, String(place), variables);
      data = outcome.output;
      const seen = { ...scope, ...variables };
      if (export_) await exportTo(run, { export: export_ }, data, seen, reference);
      const shaped = { ...seen, context: run.context, output: data };
      results.push(await transformed(output, data, shaped, 'output', reference));
      if (outcome.next === 'end') return { output: results, next: 'end' };
      if (await isEnough(received.slice(0, results.length))) return { output: results };
    }
    return null;
  }

  /** `until` once more, now that the round may have exported something that it looks at. */
  async function isEnough(received: readonly Received[]): Promise<boolean> {
    if (typeof strategy.until !== 'string' || strategy.any === undefined) return false;
    const seen = received.map(({ event }) => readOf(event, read));
    return isTrue(await evaluateExpression(strategy.until, seen, { ...scope, context: run.context }));
  }
}

/** The variables that expressions of the strategy name, but no secrets. */
function namedIn(strategy: Strategy, { secrets: _, ...scope }: Scope): Scope {
  const names = new Set([...JSON.stringify(strategy).matchAll(/\$(\w+)/g)].map(([, name]) => name));
  return Object.fromEntries(Object.entries(scope).filter(([name]) => names.has(name)));
}

/** `raw` is the data as the text that it came as. */
export function readOf(event: CloudEvent, read: ListenDetail['read']): unknown {
  if (read === 'envelope') return event;
  return read === 'data' || typeof event.data === 'string' ? event.data : JSON.stringify(event.data);
}

async function expectedValue(expect: unknown, input: unknown, scope: Scope): Promise<unknown> {
  return typeof expect === 'string' && isExpectExpression(expect) ? evaluateExpression(expect, input, scope) : expect;
}

async function expected(strategy: Strategy, input: unknown, scope: Scope): Promise<Correlation> {
  const correlation: Correlation = {};
  for (const { correlate = {} } of allFiltersOf(strategy)) {
    for (const [name, { expect }] of Object.entries(correlate)) {
      if (expect === undefined) continue;
      const value = await expectedValue(expect, input, scope);
      // No event would ever match: null belongs to nothing.
      if (value === null || value === undefined)
        throw fault('expression', `What 'correlate.${name}' expects is null: ${expect}`);
      correlation[name] = value;
    }
  }
  return correlation;
}
