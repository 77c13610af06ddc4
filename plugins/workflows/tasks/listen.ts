/** `listen`: a row that asks for events. They come to it by the job that hands events out. */
import type { CloudEvent } from '#core/events/events.ts';
import { recordCorrelations, valuesOf } from '../engine/correlations.ts';
import { exported, transformed } from '../engine/data.ts';
import type { TaskKind } from '../engine/interpreter.ts';
import { lifecycleEvent } from '../engine/lifecycle.ts';
import { type Correlation, filtersOf, type Received, typesOf } from '../engine/matching.ts';
import type { Strategy } from '../language/definition.ts';
import { evaluateExpression, isExpectExpression, isTrue, type Scope } from '../language/expressions.ts';
import { fault } from '../language/faults.ts';
import type { WaitRow } from '../tables.ts';

/** `detail` of a wait for events. */
export interface ListenDetail {
  strategy: Strategy;
  read: 'data' | 'envelope' | 'raw';
  correlation: Correlation;
  /** JSON of what the strategy's expressions see; sealed when a secret is in it. */
  scope: string;
  /** Wake for every event, not only when all have come. */
  each: boolean;
  isDone: boolean;
}

export const listenTask: TaskKind = async (call) => {
  const { task, run, input, scope, reference, instance, frame, record, runList } = call;
  const strategy = task.listen?.to ?? {};
  const read = task.listen?.read ?? 'data';
  const taskKey = `${reference} ${instance}`;
  const { clock, db, workflowEvents } = run.world.services;
  record.status = 'waiting';
  let wait = run.waitOf(taskKey);
  let handled = 0;
  let data = input;
  const results: unknown[] = [];
  const isLogged = run.options.logging !== 'none';
  if (isLogged && !wait) lifecycleEvent(run, 'workflow', 'correlation-started');
  for (;;) {
    const received: Received[] = wait ? JSON.parse(wait.received) : [];
    const detail: ListenDetail | null = wait ? JSON.parse(wait.detail) : null;
    if (task.foreach) {
      for (; handled < received.length; handled++) {
        const { item = 'item', at = 'index', do: list = [], output } = task.foreach;
        const event = received[handled]?.event;
        const variables = { [item]: event && readOf(event, read), [at]: handled, context: run.context };
        const outcome = await runList(list, 'foreach/do', data, String(handled), variables);
        data = outcome.output;
        if (task.foreach.export)
          run.context = exported(
            { export: task.foreach.export },
            data,
            { ...scope, ...variables },
            reference,
            run.definition,
          );
        results.push(
          transformed(
            output,
            data,
            { ...scope, ...variables, context: run.context, output: data },
            'output',
            reference,
            run.definition,
          ),
        );
        if (outcome.next === 'end' || isEnough(received.slice(0, handled + 1))) {
          run.endWait(taskKey);
          return { output: results, ...(outcome.next === 'end' && { next: 'end' }) };
        }
      }
    }
    if (detail?.isDone) {
      const keys = Object.keys(detail.correlation).length > 0 && { correlationKeys: detail.correlation };
      if (isLogged) lifecycleEvent(run, 'workflow', 'correlation-completed', { ...keys });
      run.endWait(taskKey);
      record.status = 'running';
      return { output: task.foreach ? results : received.map(({ event }) => readOf(event, read)) };
    }
    if (frame.deadline && clock.now() >= frame.deadline.at) {
      throw fault('timeout', 'No such event came in time', { instance: frame.deadline.reference });
    }
    const fresh: ListenDetail = {
      strategy,
      read,
      correlation: expected(strategy, input, scope),
      scope: kept(namedIn(strategy, scope)),
      each: task.foreach !== undefined,
      isDone: false,
    };
    if (!wait) {
      // What is a secret is no word to look for.
      const values = valuesOf(fresh.correlation).filter(
        (value) => run.masked(JSON.stringify(value)) === JSON.stringify(value),
      );
      if (values.length > 0) run.also((trx) => recordCorrelations(trx, run.execution, values));
    }
    const types = typesOf(strategy);
    workflowEvents.await(types);
    // Saying that it waits again would wipe out that something has come meanwhile: so it looks once more.
    let news: WaitRow | undefined;
    const woken = await run.park(
      {
        execution_id: run.execution.id,
        tenant_id: run.execution.tenant_id,
        task_key: taskKey,
        kind: 'events',
        wake_at: frame.deadline?.at ?? null,
        detail: JSON.stringify(detail ?? fresh),
        received: JSON.stringify(received),
        created_at: clock.now(),
        types,
      },
      frame.signal,
      async () => {
        const row = await db
          .write('workflows_waits')
          .where({ execution_id: run.execution.id, task_key: taskKey })
          .first();
        if (row && (row.received !== JSON.stringify(received) || JSON.parse(row.detail).isDone)) news = row;
        return news !== undefined;
      },
    );
    wait = woken ?? news;
  }

  function kept(value: Scope): string {
    return run.sealed(JSON.stringify(value));
  }

  /** `until` once more, now that the round may have exported something that it looks at. */
  function isEnough(received: readonly Received[]): boolean {
    if (typeof strategy.until !== 'string' || strategy.any === undefined) return false;
    const seen = received.map(({ event }) => readOf(event, read));
    return isTrue(evaluateExpression(strategy.until, seen, { ...scope, context: run.context }));
  }
};

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

function expectedValue(expect: unknown, input: unknown, scope: Scope): unknown {
  return typeof expect === 'string' && isExpectExpression(expect) ? evaluateExpression(expect, input, scope) : expect;
}

function expected(strategy: Strategy, input: unknown, scope: Record<string, unknown>): Correlation {
  const correlation: Correlation = {};
  for (const { correlate = {} } of filtersOf(strategy)) {
    for (const [name, { expect }] of Object.entries(correlate)) {
      if (expect !== undefined) correlation[name] = expectedValue(expect, input, scope);
    }
  }
  return correlation;
}
