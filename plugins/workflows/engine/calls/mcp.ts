/** `call: mcp`: one request to a Model Context Protocol server over streamable HTTP (specification 2025-06-18). */
import { exactJson } from '#core/kit.ts';
import { durationMs } from '../../language/durations.ts';
import { evaluateDeep } from '../../language/expressions.ts';
import { fault } from '../../language/faults.ts';
import type { TaskCall } from '../model.ts';
import type { Policy } from './authentication.ts';
import { addressOf, headersOf, send } from './http.ts';

interface McpArguments {
  protocolVersion?: string;
  timeout?: unknown;
  method?: string;
  parameters?: Record<string, unknown>;
  transport?: {
    http?: { endpoint?: string | { uri: string; authentication?: Policy }; headers?: Record<string, unknown> };
  };
  client?: { name: string; version: string };
}

/** What a timer can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const PROTOCOL_VERSION = '2025-06-18';
/** What is left of a session is the server's to forget. */
const ENDING_MS = 5_000;

/** Initializes a session, sends the request, and gives its `result`. Throws a fault for an error of the server. */
export async function mcpCall(call: TaskCall, given: Record<string, unknown>): Promise<unknown> {
  const args = (await evaluateDeep(given, call.input, call.scope)) as McpArguments;
  const endpoint = args.transport?.http?.endpoint;
  const address = addressOf((given as McpArguments).transport?.http?.endpoint, endpoint, call.input);
  if (!address)
    throw fault('configuration', 'call: mcp needs transport.http.endpoint; other transports are not supported');
  const url = address.href;
  const protocolVersion = args.protocolVersion ?? PROTOCOL_VERSION;
  const limitMs = durationMs(args.timeout);
  const limit = limitMs === null ? null : AbortSignal.timeout(Math.min(limitMs, LONGEST_TIMER_MS));
  const limited = limit ? withSignal(call, AbortSignal.any([call.frame.signal, limit])) : call;
  const authentication = typeof endpoint === 'object' ? endpoint.authentication : undefined;
  let session: Record<string, string> = {};

  try {
    return await asked();
  } catch (error) {
    if (limit?.aborted && !call.frame.signal.aborted) throw fault('timeout', 'The MCP server took too long');
    throw error;
  } finally {
    if (session['mcp-session-id']) void endSession();
  }

  async function asked(): Promise<unknown> {
    await exchange('initialize', {
      protocolVersion,
      capabilities: {},
      clientInfo: args.client ?? { name: 'patchbay', version: '1.0.0' },
    });
    await exchange('notifications/initialized', undefined);
    return exchange(args.method ?? 'tools/list', args.parameters ?? {});
  }

  /** Whoever opened a session ends it, also when the task was stopped. Servers may refuse that: 405. */
  async function endSession(): Promise<void> {
    const headers = {
      'mcp-protocol-version': protocolVersion,
      ...session,
      ...headersOf(args.transport?.http?.headers),
    };
    const request = { method: 'DELETE', url, headers, redirect: false, output: 'raw' as const };
    const last = withSignal(call, AbortSignal.timeout(ENDING_MS));
    await send(last, { ...request, ...(authentication && { authentication }) }).catch(() => {});
  }

  async function exchange(method: string, params: unknown): Promise<unknown> {
    const isNotification = method.startsWith('notifications/');
    const message = {
      jsonrpc: '2.0',
      ...(!isNotification && { id: 1 }),
      method,
      ...(params !== undefined && { params }),
    };
    const response = (await send(limited, {
      method: 'POST',
      url,
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': protocolVersion,
        ...session,
        ...headersOf(args.transport?.http?.headers),
      },
      body: JSON.stringify(message),
      redirect: false,
      output: 'response',
      ...(authentication && { authentication }),
    })) as { headers: Record<string, string>; content: unknown };
    const id = response.headers['mcp-session-id'];
    if (id) session = { 'mcp-session-id': id };
    if (isNotification) return null;
    const reply = messageIn(response.content);
    if (reply?.error) throw fault('runtime', `MCP: ${reply.error.message}`, { code: reply.error.code });
    return reply?.result ?? null;
  }
}

function withSignal(call: TaskCall, signal: AbortSignal): TaskCall {
  return { ...call, frame: { ...call.frame, signal } };
}

/** The JSON-RPC answer, in the body itself or in a stream of events. */
function messageIn(content: unknown): { result?: unknown; error?: { code: number; message: string } } | null {
  if (typeof content !== 'string') return content as { result?: unknown };
  for (const line of content.split('\n')) {
    if (!line.startsWith('data:')) continue;
    const message = exactJson(line.slice(5)) as { result?: unknown; error?: { code: number; message: string } };
    if ('result' in message || 'error' in message) return message;
  }
  return null;
}
