/** Servers of the Model Context Protocol that a tenant has named: their tools, and calling one. Table: ai_replies_mcp_servers. */
import type { Client, ClientOptions } from '@modelcontextprotocol/sdk/client/index.js';
import { coreVersion, isUniqueViolation, messageOf, sanitizeText } from '#core/kit.ts';
import { coreErrors, type Services, type Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import { withoutSecrets } from '../redact.ts';
import type { Binds } from './bound-inputs.ts';
import type { McpServerRow } from './tables.ts';
import { createToolLists } from './tool-lists.ts';
import type { ToolUse } from './types.ts';

export interface McpTool {
  server: string;
  name: string;
  description: string;
  input: Readonly<Record<string, unknown>>;
  /** Inputs that the server wants to be told by the platform, and not by a model: `_meta` of the tool, `patchbay/binds`. */
  binds: Binds;
  /** As the server says of it: it changes nothing. */
  isReadOnly: boolean;
}

export interface McpServers {
  of(tenantId: string): Promise<McpServerRow[]>;
  /** Throws `mcp_server_exists`, and `bad_request` for an address that may not be called. */
  create(tenantId: string, server: { name: string; url: string; token: string }): Promise<McpServerRow>;
  /** With what robots were allowed of it. Throws `mcp_server_not_found`. */
  remove(tenantId: string, name: string): Promise<void>;
  /**
   * What it offers; asked anew each minute at most, and for a few seconds. One that has failed is waited for again by people alone, and not by answers
   * (`isWaitedFor`). Throws `mcp_server_failed`.
   */
  tools(tenantId: string, name: string, isWaitedFor?: boolean): Promise<McpTool[]>;
  /** What the tool says, as text or JSON. Throws `mcp_server_failed`. */
  call(tenantId: string, name: string, call: McpCall, signal: AbortSignal): Promise<unknown>;
}

export interface McpCall {
  tool: string;
  input: unknown;
  /** With whom the model speaks, by ids that no model chooses: `_meta` of the call. */
  place: Pick<ToolUse, 'robotId' | 'conversationId' | 'contactId'>;
}

const TOKEN_PURPOSE = 'ai-replies.mcp';
const LIMITS = { firstByteMs: 20_000, idleMs: 20_000, totalMs: 60_000, maxBytes: 1024 * 1024 };
const MOST_TOOLS = 200;
const MOST_PAGES = 20;
const MOST_SERVERS = 20;
const LONGEST_DESCRIPTION = 10_000;
/** What is kept of an allowed tool is its server and its name: `mcp:shop/find_order`, 200 characters together. */
const LONGEST_TOOL_NAME = 128;

/**
 * What a tool gives goes to the model as it is. The SDK would compile the schema that a foreign server says it has, with its
 * patterns, in the thread that serves everybody.
 */
const NO_VALIDATOR: NonNullable<ClientOptions['jsonSchemaValidator']> = {
  getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
};

export function createMcpServers({ db, clock, secrets, outbound }: Services): McpServers {
  const lists = createToolLists<McpTool[]>({ clock });

  return {
    of: (tenantId) => db.read('ai_replies_mcp_servers').where({ tenant_id: tenantId }).orderBy('name'),
    async create(tenantId, { name, url, token }) {
      try {
        await outbound.check(url);
      } catch (error) {
        throw coreErrors.bad_request({ message: messageOf(error) });
      }
      const uuid = crypto.randomUUID();
      const now = clock.now();
      try {
        return await db.transaction(async (trx) => {
          const [count] = await trx('ai_replies_mcp_servers').where({ tenant_id: tenantId }).count({ total: '*' });
          if (Number(count?.total ?? 0) >= MOST_SERVERS)
            throw coreErrors.bad_request({ message: `There are ${MOST_SERVERS} servers at most` });
          const [row] = await trx('ai_replies_mcp_servers')
            .insert({
              uuid,
              tenant_id: tenantId,
              name,
              url,
              created_at: now,
              updated_at: now,
              token: token === '' ? null : secrets.seal(TOKEN_PURPOSE, token, uuid),
            })
            .returning('*');
          if (!row) throw new Error('A server of tools was not stored');
          return row;
        });
      } catch (error) {
        throw isUniqueViolation(error) ? aiErrors.mcp_server_exists() : error;
      }
    },
    remove: (tenantId, name) =>
      db.transaction(async (trx: Transaction) => {
        const gone = await trx('ai_replies_mcp_servers').where({ tenant_id: tenantId, name }).delete();
        if (gone === 0) throw aiErrors.mcp_server_not_found();
        await trx('ai_replies_tool_grants')
          .where({ tenant_id: tenantId })
          .where('tool', '>=', `mcp:${name}/`)
          .where('tool', '<', `mcp:${name}0`)
          .delete();
      }),
    async tools(tenantId, name, isWaitedFor = false) {
      const row = await rowOf(tenantId, name);
      const load = (signal: AbortSignal) => connected(row, signal, (client) => allTools(client, name, signal));
      return lists.of(row.uuid, load, isWaitedFor);
    },
    async call(tenantId, name, { tool, input, place }, signal) {
      const row = await rowOf(tenantId, name);
      return connected(row, signal, async (client) => {
        const wish = { name: tool, arguments: Object(input), _meta: metaOf(place) };
        const result = await client.callTool(wish, undefined, { signal });
        const text = textOf(result.content);
        if (result.isError) throw aiErrors.mcp_server_failed({ message: text || 'The tool has failed' });
        return result.structuredContent ?? text;
      });
    },
  };

  async function rowOf(tenantId: string, name: string): Promise<McpServerRow> {
    const row = await db.read('ai_replies_mcp_servers').where({ tenant_id: tenantId, name }).first();
    if (!row) throw aiErrors.mcp_server_not_found();
    return row;
  }

  /** One connection for each use: they are rare, and a server that has forgotten a session costs nobody an answer. */
  async function connected<T>(
    row: McpServerRow,
    signal: AbortSignal,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    const { Client: McpClient } = await import('@modelcontextprotocol/sdk/client/index.js');
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
    const token = row.token === null ? null : secrets.open(TOKEN_PURPOSE, row.token, row.uuid).toString('utf8');
    const client = new McpClient({ name: 'patchbay', version: coreVersion() }, { jsonSchemaValidator: NO_VALIDATOR });
    const transport = new StreamableHTTPClientTransport(new URL(row.url), {
      fetch: outbound.fetch(LIMITS),
      requestInit: token === null ? {} : { headers: { authorization: `Bearer ${token}` } },
    });
    try {
      await client.connect(transport as never, { signal });
      return await work(client);
    } catch (error) {
      throwIfGivenUp(signal);
      if (error instanceof Error && 'status' in error) throw error;
      const said = withoutSecrets(messageOf(error), [token ?? '']);
      throw aiErrors.mcp_server_failed({ message: `The server "${row.name}" has failed: ${said}` });
    } finally {
      await client.close().catch(() => {});
    }
  }
}

/** Whoever asked does not want it any more; that a server takes too long is its failure. */
function throwIfGivenUp(signal: AbortSignal): void {
  if (signal.aborted && signal.reason?.name !== 'TimeoutError') throw signal.reason;
}

function metaOf({ robotId, conversationId, contactId = '' }: McpCall['place']): Record<string, string> {
  return { 'patchbay/robot': robotId, 'patchbay/conversation': conversationId, 'patchbay/contact': contactId };
}

/** Page by page, up to as many as a model can be told of. */
async function allTools(client: Client, server: string, signal: AbortSignal): Promise<McpTool[]> {
  const found: McpTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES && found.length < MOST_TOOLS; page++) {
    const { tools, nextCursor } = await client.listTools(cursor === undefined ? {} : { cursor }, { signal });
    for (const { name, description, inputSchema, annotations, _meta } of tools)
      if (isUsableName(name))
        found.push({
          server,
          name,
          input: inputSchema,
          binds: bindsIn(_meta),
          description: sanitizeText(description ?? '', LONGEST_DESCRIPTION),
          isReadOnly: annotations?.readOnlyHint === true,
        });
    if (nextCursor === undefined) break;
    cursor = nextCursor;
  }
  return found.slice(0, MOST_TOOLS);
}

/** Ids alone: nothing that people have noted of somebody. */
function bindsIn(meta: unknown): Binds {
  const wanted = Object.entries(Object(Object(meta)['patchbay/binds']));
  return Object.fromEntries(wanted.flatMap(([name, to]) => (isId(to) ? [[name, to]] : [])));
}

function isId(to: unknown): to is 'conversation' | 'contact' | 'robot' {
  return to === 'conversation' || to === 'contact' || to === 'robot';
}

/** One that is kept as it is: under another it could not be called. */
function isUsableName(name: string): boolean {
  return name !== '' && sanitizeText(name, LONGEST_TOOL_NAME) === name;
}

function textOf(content: unknown): string {
  const parts: unknown[] = Array.isArray(content) ? content : [];
  return parts
    .map((part) => {
      const { type, text } = Object(part);
      return type === 'text' && typeof text === 'string' ? text : '';
    })
    .join('\n')
    .trim();
}
