/** `call`: HTTP, OpenAPI, MCP, functions of plugins, and functions that the workflow defines itself. */

import { getOwn, isAppError } from '#core/kit.ts';
import type { AppError } from '#core/plugin.ts';
import { evaluateDeep } from '../../language/expressions.ts';
import { type Fault, fault } from '../../language/faults.ts';
import { httpCall } from '../calls/http.ts';
import { idempotencyKey } from '../calls/idempotency.ts';
import { mcpCall } from '../calls/mcp.ts';
import { openApiCall } from '../calls/openapi.ts';
import { correlationIdOf } from '../correlations.ts';
import type { TaskCall, TaskKind } from '../model.ts';
import { rootOf } from '../parent-child.ts';
import { suspendedOr } from '../suspend-on-inactive-tenant.ts';
import { approve } from './approve.ts';
import { ended } from './simple.ts';

export const callTask: TaskKind = async (call) => {
  const { task, run, input, scope, runList } = call;
  const name = task.call ?? '';
  if (name === 'http') return { output: await httpCall(call, task.with ?? {}) };
  if (name === 'openapi') return { output: await openApiCall(call, task.with ?? {}) };
  if (name === 'mcp') return { output: await mcpCall(call, task.with ?? {}) };
  if (name === 'grpc' || name === 'asyncapi') throw fault('configuration', `call: ${name} is not supported`);
  const args = await evaluateDeep(task.with ?? {}, input, scope);
  if (name === 'workflows.approve') return { output: await approve(call, args as Record<string, unknown>) };
  const own = getOwn(run.definition.use?.functions, name);
  if (own) return ended(await runList([{ [name]: own }], 'call', { ...asObject(input), ...asObject(args) }));
  return { output: await callFunction(call, name, args) };
};

async function callFunction(call: TaskCall, name: string, args: unknown): Promise<unknown> {
  const { run, frame } = call;
  try {
    const { functions, workflowPublishers } = run.world.services;
    return await functions.call(name, args, {
      principal: await workflowPublishers.principalOf(run.execution.definition_id, run.execution.tenant_id),
      idempotencyKey: idempotencyKey(call),
      correlationId: correlationIdOf(run.execution),
      workflow: `${run.definition.document.namespace}/${run.definition.document.name}`,
      family: { rootId: rootOf(run.execution), depth: run.execution.depth + 1 },
      signal: frame.signal,
    });
  } catch (error) {
    const thrown = await suspendedOr(error, run.execution.tenant_id, run.world.services);
    if (!isAppError(thrown)) throw thrown;
    throw refused(thrown, name, args);
  }
}

/** What a function refuses, as an error of the DSL: its code can be caught. Of what is not there it says what was asked for. */
function refused(error: AppError, name: string, args: unknown): Fault {
  const kinds = {
    400: 'validation',
    401: 'authentication',
    403: 'authorization',
    404: 'runtime',
    422: 'validation',
  } as const;
  const wrong = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  const more = [...wrong, ...(error.status === 404 ? idsIn(args) : [])].join('; ');
  const detail = `${name}: ${error.message}${more ? ` (${more})` : ''}`;
  return fault(kinds[error.status as keyof typeof kinds] ?? 'runtime', detail, {
    status: error.status,
    code: error.code,
  });
}

/** What somebody has written as an id may be anything. */
const LONGEST_ID = 100;

function idsIn(args: unknown): string[] {
  return Object.entries(asObject(args))
    .filter(([key, value]) => key.endsWith('_id') && (typeof value === 'string' || typeof value === 'number'))
    .map(([key, value]) => `${key} ${String(value).slice(0, LONGEST_ID)}`);
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
