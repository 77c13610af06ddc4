/** Does what a tool stands for, and tells how it went. */
import { randomUUID } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { isAppError, sha256 } from '#core/kit.ts';
import type { AppError, Principal } from '#core/plugin.ts';
import { tenantOf } from '../access.ts';
import type { ActiveWorkflow } from '../definitions/definitions.ts';
import { startedView } from '../engine/answer.ts';
import { Fault } from '../language/faults.ts';
import type { McpScope } from './scope.ts';
import type { Tool } from './tools.ts';

export interface Caller {
  principal: Principal;
  requestId: string;
  /** How long a workflow is waited for. */
  waitMs: number;
  /** Nobody reads the answer any more, or may. */
  gone: AbortSignal;
  /** The server stops: who waits for a workflow is answered now. */
  stopping: AbortSignal;
}

/** Everything that goes wrong is a result that the caller can read and act on. */
export async function callTool(
  tool: Tool,
  args: Record<string, unknown>,
  givenKey: string | null,
  caller: Caller,
  services: McpScope,
): Promise<CallToolResult> {
  const key = givenKey === null ? null : keyOf(givenKey, tool.name, caller.principal);
  try {
    if ('workflow' in tool.does) return await runWorkflow(tool.does.workflow, args, key, caller, services);
    const output = await services.functions.call(tool.does.function, args, {
      principal: caller.principal,
      idempotencyKey: key ?? `mcp:${randomUUID()}`,
      signal: caller.gone,
    });
    return {
      content: [text(JSON.stringify(output ?? null))],
      ...(tool.outputSchema && { structuredContent: output as Record<string, unknown> }),
    };
  } catch (error) {
    return { isError: true, content: [text(reasonOf(error))] };
  }

  function reasonOf(error: unknown): string {
    if (isAppError(error) && error.status < 500) return sentencesOf(error);
    if (error instanceof Fault) return error.message;
    services.log.error({ err: error, tool: tool.name, requestId: caller.requestId }, 'A tool failed');
    return isAppError(error)
      ? error.message
      : `Something went wrong on our side; the log has it under the request ${caller.requestId}`;
  }
}

/** Durable: it goes on when the wait is over, when the caller hangs up, and after a crash. */
async function runWorkflow(
  workflow: ActiveWorkflow,
  input: Record<string, unknown>,
  startKey: string | null,
  { principal, waitMs, gone, stopping }: Caller,
  { workflowEngine }: McpScope,
): Promise<CallToolResult> {
  const started = await workflowEngine.start({
    workflow,
    input,
    origin: { kind: 'mcp', by: principal.id },
    startKey,
    isDurable: true,
  });
  const final = await workflowEngine.waitFor(started.id, waitMs, AbortSignal.any([gone, stopping]));
  if (!final) {
    const state = { id: started.id, status: started.status };
    const advice = 'It continues. `workflows.execution` tells its status and its output.';
    return { content: [text(JSON.stringify(state)), text(advice)], structuredContent: state };
  }
  const state = startedView(final);
  return {
    content: [text(JSON.stringify(state))],
    structuredContent: state,
    ...(final.status !== 'completed' && { isError: true }),
  };
}

/** The same for the same person and tool alone: no key leads to what another tenant's call has done. */
function keyOf(given: string, tool: string, principal: Principal): string {
  return `mcp:${sha256(JSON.stringify([tenantOf(principal), principal.id, tool, given]))}`;
}

function sentencesOf({ code, message, issues }: AppError): string {
  const lines = issues.map((issue) => `- ${issue.path.slice(1).join('.') || 'arguments'}: ${issue.message}`);
  const head = code === 'validation_error' && lines.length > 0 ? 'The arguments do not fit the tool' : message;
  return [`${head} (${code})`, ...lines].join('\n');
}

function text(value: string) {
  return { type: 'text' as const, text: value };
}
