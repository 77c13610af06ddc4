/** What a start becomes: the row of an execution that has not begun. */
import type { Services } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import type { ActiveWorkflow } from '../definitions/definitions.ts';
import { optionsOf } from '../language/definition.ts';
import { evaluateExpression, TENANT } from '../language/expressions.ts';
import { fault } from '../language/faults.ts';
import type { Options } from '../language/options.ts';
import { newExecutionId } from './execution-ids.ts';
import type { Execution, TaskRecord } from './records.ts';
import { sealed } from './secret-texts.ts';

export interface Start {
  workflow: ActiveWorkflow;
  input: unknown;
  /** What started it: for people. */
  origin: Record<string, unknown>;
  startKey?: string | null;
  /** Goes on to the executions and events that this one starts. */
  correlationId?: string | null;
  /** Other values by which it is found. */
  correlations?: readonly string[];
  depth?: number;
  parentId?: string | null;
  /** The execution that all this comes from, by starts and by events; null when this is the first. */
  rootId?: string | null;
  /** Texts that nobody may see in its input and records. */
  hidden?: Iterable<string>;
  /** On top of those that the workflow names. */
  secrets?: Record<string, unknown>;
  pins?: Record<string, unknown> | null;
  replayOf?: string | null;
  /** Records of the execution that this one goes on from. */
  records?: readonly TaskRecord[];
  /** True: it is in the database before this resolves. False: `ended` is the first thing that anybody learns of it. */
  isDurable: boolean;
}

interface Ingredients {
  given: Start;
  /** JSON of its input. */
  text: string;
  hidden: Iterable<string>;
  slot: string | null;
  now: number;
}

export function newExecution(
  services: Pick<Services, 'secrets'>,
  { given, text, hidden, slot, now }: Ingredients,
): Execution {
  const id = newExecutionId();
  const { workflow, origin: by, correlationId, secrets = {} } = given;
  const origin = correlationId ? { ...by, correlation_id: correlationId } : by;
  const own = Object.keys(secrets).length > 0 && {
    $secrets: services.secrets.seal('workflows.start', JSON.stringify(secrets)),
  };
  return {
    id,
    workflow_id: workflow.row.id,
    definition_id: workflow.definitionId,
    tenant_id: workflow.row.tenant_id,
    status: 'pending',
    priority: optionsOf(workflow.definition).priority ?? 0,
    input: sealed(services, id, text, hidden),
    output: null,
    error: null,
    origin: JSON.stringify({ ...origin, ...own }),
    start_key: given.startKey ?? null,
    slot,
    parent_id: given.parentId ?? null,
    depth: given.depth ?? 0,
    root_id: given.rootId ?? null,
    failures: 0,
    replay_of: given.replayOf ?? null,
    retries: 0,
    pins: given.pins ? JSON.stringify(given.pins) : null,
    request: null,
    log: null,
    locked_by: null,
    locked_until: null,
    created_at: now,
    started_at: null,
    ended_at: null,
  };
}

/** JSON of the input. Throws a validation fault when it is too large or nested too deeply. */
export function inputText(input: unknown, { maxDataBytes }: WorkflowsConfig): string {
  let text: string;
  try {
    text = JSON.stringify(input ?? null);
  } catch {
    throw fault('validation', 'The input is nested too deeply');
  }
  if (text.length > maxDataBytes) {
    throw fault('validation', `The input has ${text.length} bytes, more than ${maxDataBytes}`);
  }
  return text;
}

/** `workflow:limit:key` where the workflow limits how many run at once. */
export function slotOf(workflow: ActiveWorkflow, input: unknown): Promise<string> | null {
  const { concurrency } = optionsOf(workflow.definition);
  return concurrency ? slotWithin(concurrency, workflow, input) : null;
}

async function slotWithin(
  concurrency: NonNullable<Options['concurrency']>,
  { row }: ActiveWorkflow,
  input: unknown,
): Promise<string> {
  const key = concurrency.key ? await evaluateExpression(concurrency.key, input, { [TENANT]: row.tenant_id }) : '';
  return `${row.id}:${concurrency.limit}:${JSON.stringify(key).slice(0, 200)}`;
}
