/**
 * The Model Context Protocol over streamable HTTP, by the official SDK: one server for each request, without sessions.
 * Imported at the first request alone, because the SDK takes memory that a platform without such callers can spare.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type Tool as McpTool,
  ToolSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { type Caller, callTool } from './calls.ts';
import type { McpScope } from './scope.ts';
import { type Tool, toolNamed, toolsOf, withheldFrom } from './tools.ts';

export interface McpRequest {
  /** The JSON-RPC message. */
  message: unknown;
  /** One header of the request by its lower-case name, '' when absent. */
  header(name: string): string;
  caller: Caller;
}

/** What the transport itself looks at. */
const READ_HEADERS = ['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id'];
const LONGEST_KEY = 200;
/** Made once: the SDK would make one for each server. */
const jsonSchemaValidator = new AjvJsonSchemaValidator();

export async function answerMcp(request: McpRequest, services: McpScope): Promise<Response> {
  const server = serverFor(request, services);
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    const headers = new Headers();
    for (const name of READ_HEADERS) {
      const value = request.header(name);
      if (value) headers.set(name, value);
    }
    const url = new URL('/mcp', services.coreConfig.http.publicUrl);
    return await transport.handleRequest(new Request(url, { method: 'POST', headers }), {
      parsedBody: request.message,
    });
  } finally {
    await server.close();
  }
}

/** The low-level server: the schemas of functions and workflows go out as they are. */
function serverFor({ header, caller }: McpRequest, services: McpScope): Server {
  const { principal } = caller;
  const instructions = withheldFrom(principal, services);
  const version = services.catalogue.plugins.find(({ name }) => name === 'workflows')?.version ?? '';
  const server = new Server(
    { name: 'patchbay', title: 'Patchbay', version },
    { capabilities: { tools: {} }, jsonSchemaValidator, ...(instructions && { instructions }) },
  );
  server.setRequestHandler(ListToolsRequestSchema, async () => ({
    tools: (await toolsOf(principal, services)).map(shown),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const tool = await toolNamed(params.name, principal, services);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    const key = keyIn(params._meta?.idempotencyKey) ?? keyIn(header('idempotency-key') || undefined);
    return callTool(tool, params.arguments ?? {}, key, caller, services);
  });
  return server;
}

function keyIn(given: unknown): string | null {
  if (given === undefined) return null;
  if (typeof given === 'string' && given.length > 0 && given.length <= LONGEST_KEY) return given;
  throw new McpError(ErrorCode.InvalidParams, `idempotencyKey is a text of 1 to ${LONGEST_KEY} characters`);
}

/** A schema that MCP cannot carry would break a client's whole list: such a tool takes any object instead. */
function shown({ does: _does, ...tool }: Tool): McpTool {
  const fitting = ToolSchema.safeParse(tool);
  if (fitting.success) return tool as McpTool;
  const { name, title, description } = tool;
  return { name, ...(title && { title }), description, inputSchema: { type: 'object' } };
}
