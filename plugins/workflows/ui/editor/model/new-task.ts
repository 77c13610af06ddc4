/** What a task is when it is new: valid as far as it can be before anybody has filled it in. */
import type { Kind } from '../../graph/index.ts';
import type { WorkflowFunction } from './context.ts';
import type { GivenIds } from './use-given-ids.ts';

/** Under its own name it would look like a promise. */
const THEN = 'then';

/** When a new case holds: nobody has said anything yet. */
export const NOTHING_SAID = 'true';

/** What is called in what way while nobody has given it a name. */
export interface FirstNames {
  /** The step in a new list. */
  step: string;
  case: string;
  /** The case for everything else. */
  otherwise: string;
}

export function newTask(kind: Exclude<Kind, 'call'>, names: FirstNames): Record<string, unknown> {
  const first = [{ [names.step]: { set: {} } }];
  const bodies: Record<Exclude<Kind, 'call'>, Record<string, unknown>> = {
    set: { set: { name: 'value' } },
    do: { do: first },
    emit: { emit: { event: { with: { source: 'https://example.com', type: 'com.example.happened', data: {} } } } },
    for: { for: { each: 'item', in: '.items' }, do: first },
    fork: { fork: { branches: first } },
    listen: { listen: { to: { one: { with: { type: 'com.example.happened' } } } } },
    raise: { raise: { error: { type: 'https://example.com/errors/refused', status: 400, title: 'Refused' } } },
    run: { run: { script: { language: 'javascript', code: 'return input;\n' } } },
    switch: { switch: [caseOf(names.case, NOTHING_SAID, 'continue'), caseOf(names.otherwise, undefined, 'continue')] },
    try: { try: first, catch: {} },
    wait: { wait: { minutes: 5 } },
  };
  return bodies[kind];
}

/** A case of `switch`: to the task `to` when the expression is true, or when no other is. */
export function caseOf(name: string, when: string | undefined, to: string): Record<string, unknown> {
  return { [name]: { ...(when !== undefined && { when }), [THEN]: to } };
}

/** `call` and `with`, with what has to be there. */
export function emptyCall(
  call: string,
  functions: readonly WorkflowFunction[],
  given: GivenIds,
): { call: string; with: unknown } {
  if (call === 'http') return { call, with: { method: 'get', endpoint: '' } };
  if (call === 'openapi') return { call, with: { document: { endpoint: '' }, operationId: '' } };
  if (call === 'mcp') return { call, with: { transport: { http: { endpoint: '' } } } };
  if (call === 'workflows.approve') return { call, with: { to: '', title: '', text: '' } };
  const found = functions.find(({ name }) => name === call);
  return { call, with: requiredOf(found?.input, given) };
}

/** The names that have to be there: with what the workflow begins with, or with an empty value; no number is an empty one. */
function requiredOf(schema: unknown, given: GivenIds): Record<string, unknown> {
  if (typeof schema !== 'object' || schema === null) return {};
  const { required, properties } = schema as {
    required?: unknown;
    properties?: Record<string, { type?: string; default?: unknown }>;
  };
  if (!Array.isArray(required)) return {};
  const own = new Map(Object.entries(properties ?? {}));
  const values = required.map((name: string) => [name, given.get(name) ?? emptyOf(own.get(name) ?? {})]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function emptyOf({ type, default: given }: { type?: string; default?: unknown }): unknown {
  if (given !== undefined) return given;
  if (type === 'number' || type === 'integer') return undefined;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  return type === 'object' ? {} : '';
}

export const NEW_WORKFLOW = `document:
  dsl: '1.0.0'
  namespace: default
  name: new-workflow
  version: '1.0.0'
do: []
`;
