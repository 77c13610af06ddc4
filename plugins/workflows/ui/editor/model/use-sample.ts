/**
 * Data to try things with: what somebody has pinned, that of a real run, the last real event of the trigger, or one made up from its
 * fields. Whatever it is, the page says where it comes from.
 */
import { useQuery } from '@tanstack/react-query';
import { $api, isRecord } from 'patchbay-platform/ui';
import { useMemo, useState } from 'react';
import { listOf } from '../../parts/list-answer.ts';
import { eventTypeOf } from '../triggers/trigger.ts';
import { knownInput } from './known-input.ts';
import { type Pins, pinKey, pinsByPointer } from './pin-keys.ts';
import { type PinStore, START } from './pins.ts';
import type { Session } from './session.ts';
import { codeOf, tryExpression } from './trying.ts';
import { conditionsIn, useEvent } from './use-event.ts';

export type Source = 'pinned' | 'run' | 'event' | 'example' | 'nothing';

export interface Sample {
  /** The execution that data of steps comes from. */
  from: { id: string; at: string | null } | null;
  /** Where the input comes from, and when that was. */
  source: Source;
  at: string | null;
  /** The mailbox that the trigger asks for. */
  mailbox: string | null;
  /** What the workflow gets. */
  input: unknown;
  /** What a task has got the last time, or would get from what is pinned; undefined where only a run shows it. */
  inputOf(pointer: string): unknown;
  /** What tasks gave the last time, and what is pinned for them. */
  outputs: ReadonlyMap<string, unknown>;
  /** `$context` when a task began the last time; for one that did not run, at the end. */
  contextOf(pointer: string): unknown;
  pins: Pins;
  /** In place of what a step, or with '' the trigger, gives; undefined takes it away. False when it cannot be kept. */
  pin(pointer: string, value: unknown): boolean;
  /** What a step has just given, tried by itself. */
  learn(pointer: string, output: unknown): void;
}

interface SampleOf {
  address: { namespace: string; name: string } | null;
  /** The run that was asked for, rather than the last one. */
  runId: string | null;
  definition: unknown;
  session: Session;
  store: PinStore;
}

const NONE = {};
const LOOKED_AT = 20;

export function useSample({ address, runId, definition, session, store }: SampleOf): Sample {
  const [pins, setPins] = useState<Pins>(store.read);
  const [tried, setTried] = useState<Pins>(new Map());
  const { run, isLooking } = useRun(address, runId);
  const event = useEvent(definition, runId === null && !isLooking && !isByEvent(run));
  const from = event.input !== null && !isByEvent(run) && runId === null ? event : runInput(run);
  const { input, source, at } = pins.has(START)
    ? { input: pins.get(START), source: 'pinned' as const, at: null }
    : from.input !== null
      ? from
      : { input: event.example ?? NONE, source: event.example ? ('example' as const) : ('nothing' as const), at: null };
  const shaped = useShaped(definition, input);
  const mailbox = mailboxIn(definition);
  return useMemo(() => {
    const tasks = run?.tasks ?? [];
    const inputs = new Map(tasks.map((task) => [task.reference, task.input]));
    const given = tasks.filter(({ status }) => status === 'completed');
    const outputs = new Map<string, unknown>(given.map(({ reference, output }) => [reference, output]));
    const data = { start: shaped, inputs, outputs, isOfRun: source === 'run' };
    const newer = new Map([...tried, ...pins]);
    return {
      from: run ? { id: run.id, at: run.created_at } : null,
      source,
      at,
      mailbox,
      input,
      inputOf(pointer) {
        const { tree, text } = session.reading.get();
        return tree ? knownInput(text, tree, pointer, { ...data, newer: pinsByPointer(newer, tree) }) : shaped;
      },
      outputs: withPins(outputs, newer, session),
      contextOf: (pointer) => contextBefore(tasks, pointer),
      pins,
      pin(pointer, value) {
        const next = new Map(pins);
        if (value === undefined) next.delete(pinKey(pointer));
        else next.set(pinKey(pointer), value);
        const isKept = store.write(next);
        if (isKept) setPins(next);
        return isKept;
      },
      learn: (pointer, output) => setTried((former) => new Map([...former, [pinKey(pointer), output]])),
    };
  }, [run, pins, tried, input, shaped, source, at, mailbox, session, store]);
}

/** The run that was asked for, else the last one that was no trial. */
function useRun(address: SampleOf['address'], runId: string | null) {
  const query = address ? { ...address, limit: LOOKED_AT } : { namespace: '-', name: '-', limit: 1 };
  const isWanted = address !== null && runId === null;
  const list = $api.useQuery('get', '/api/platform/executions', { params: { query } }, { enabled: isWanted });
  const items = listOf(list.data)?.items ?? [];
  const last = items.find(({ origin }) => kindOf(origin) !== 'dry-run') ?? items[0];
  const id = runId ?? last?.id;
  const one = $api.useQuery(
    'get',
    '/api/platform/executions/{id}',
    { params: { path: { id: id ?? '' } } },
    { enabled: id !== undefined, retry: false },
  );
  return { run: id === undefined ? undefined : one.data, isLooking: list.isLoading || one.isLoading };
}

type RunView = ReturnType<typeof useRun>['run'];

function runInput(run: RunView) {
  return { input: run ? (run.input ?? NONE) : null, source: 'run' as const, at: run?.created_at ?? null };
}

function isByEvent(run: RunView): boolean {
  return run !== undefined && kindOf(run.origin) === 'event';
}

function kindOf(origin: unknown): unknown {
  return isRecord(origin) ? origin.kind : null;
}

function mailboxIn(definition: unknown): string | null {
  const asked = conditionsIn(definition).find(({ field, operator }) => field === 'mailbox' && operator === 'is');
  return asked && eventTypeOf(definition) === 'mail.received' ? String(asked.value) : null;
}

/** As `input.from` of the workflow makes it, which is what its first step sees. */
function useShaped(definition: unknown, input: unknown): unknown {
  const from = inputFrom(definition);
  const query = useQuery({
    queryKey: ['workflows.shapedInput', from, JSON.stringify(input)],
    queryFn: ({ signal }) => tryExpression(from ?? '.', input, {}, signal),
    enabled: from !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const shaped = query.data && query.data.error === undefined ? query.data.output : undefined;
  return from === null ? input : (shaped ?? input);
}

function inputFrom(definition: unknown): string | null {
  const input = isRecord(definition) ? definition.input : null;
  const from = isRecord(input) ? input.from : null;
  return typeof from === 'string' ? codeOf(from) : null;
}

function withPins(outputs: ReadonlyMap<string, unknown>, pins: Pins, session: Session): ReadonlyMap<string, unknown> {
  const { tree } = session.reading.get();
  if (!tree || pins.size === 0) return outputs;
  const all = new Map(outputs);
  for (const [pointer, value] of pinsByPointer(pins, tree)) all.set(pointer, value);
  return all;
}

interface Run {
  reference: string;
  context?: unknown;
  started_at: string | null;
  ended_at: string | null;
}

/** What was exported last before the task began. */
function contextBefore(tasks: readonly Run[], pointer: string): unknown {
  const began = tasks.find(({ reference }) => reference === pointer)?.started_at;
  const isBefore = ({ ended_at }: Run) => ended_at !== null && (!began || ended_at <= began);
  const exports = tasks.filter((task) => task.reference !== pointer && task.context !== null && isBefore(task));
  return (
    exports.sort((one, other) => Date.parse(one.ended_at ?? '') - Date.parse(other.ended_at ?? '')).at(-1)?.context ??
    null
  );
}
