/** Which tools a robot may call: a list that people keep. Table: ai_replies_tool_grants. */
import { isAppError } from '#core/kit.ts';
import { coreErrors, type FunctionDescription, type Principal, type Services } from '#core/plugin.ts';
import type { PartsInUse } from '../parts-in-use.ts';
import { mustAsk, neededFields } from './bound-inputs.ts';
import type { McpServers, McpTool } from './mcp-servers.ts';
import type { ToolGrantRow } from './tables.ts';
import type { GivenTool, OfferedTool } from './types.ts';

export interface ToolGrants {
  /** All that this person could allow: their functions, and the tools of the tenant's servers that answer. */
  offered(principal: Principal, tenantId: string): Promise<OfferedTool[]>;
  of(tenantId: string, robotId: string): Promise<GivenTool[]>;
  /** These, when the person could allow them. Throws `bad_request` for others. */
  among<T extends { tool: string }>(
    principal: Principal,
    tenantId: string,
    wanted: readonly T[],
  ): Promise<readonly T[]>;
  /** Allows these and no others. Throws `bad_request` for what this person may not call. */
  replace(
    principal: Principal,
    tenantId: string,
    robotId: string,
    wanted: readonly { tool: string; asks?: boolean | undefined }[],
  ): Promise<void>;
}

/** What a function does can be told by what it asks for. */
const READING = /:(read|use)$/;
export const FUNCTION = 'function:';
export const MCP = 'mcp:';
/** They would let a model ask models, without end. */
const NOT_OFFERED = /^ai\./;

export function createToolGrants({
  db,
  clock,
  functions,
  mcpServers,
  partsInUse,
  log,
}: Services & { mcpServers: McpServers; partsInUse: PartsInUse }): ToolGrants {
  return {
    offered,
    async of(tenantId, robotId) {
      const rows = await db
        .read('ai_replies_tool_grants')
        .where({ tenant_id: tenantId, robot_id: robotId })
        .orderBy('tool');
      const known = new Map(functions.list().map((one) => [FUNCTION + one.name, ofFunction(one)]));
      return rows.map((row): GivenTool => {
        const asks = row.asks === 1;
        const found = known.get(row.tool);
        if (found) return { ...found, asks: asks || found.about === 'others' };
        return { tool: row.tool, summary: '', changes: asks, asks, about: 'server', bound: [], fields: [] };
      });
    },
    async among(principal, tenantId, wanted) {
      const all = new Set((await offered(principal, tenantId)).map(({ tool }) => tool));
      for (const { tool } of wanted) if (!all.has(tool)) throw notOffered(tool);
      return wanted;
    },
    async replace(principal, tenantId, robotId, wanted) {
      const { userId } = principal;
      if (userId === null || userId === 0)
        throw coreErrors.forbidden({
          message: 'Only people with an account can allow tools: they are called with their rights',
        });
      const all = new Map((await offered(principal, tenantId)).map((one) => [one.tool, one]));
      const now = clock.now();
      const rows: ToolGrantRow[] = wanted.map(({ tool, asks }) => {
        const known = all.get(tool);
        if (!known) throw notOffered(tool);
        const row = { tenant_id: tenantId, robot_id: robotId, tool, user_id: userId, created_at: now };
        return { ...row, asks: (asks ?? known.changes) || known.about === 'others' ? 1 : 0 };
      });
      await db.transaction(async (trx) => {
        await trx('ai_replies_tool_grants').where({ tenant_id: tenantId, robot_id: robotId }).delete();
        if (rows.length === 0) return;
        await trx('ai_replies_tool_grants').insert(rows);
        await partsInUse.made(trx, tenantId);
      });
    },
  };

  async function offered(principal: Principal, tenantId: string): Promise<OfferedTool[]> {
    const own = functions
      .list()
      .filter(({ name }) => !NOT_OFFERED.test(name) && functions.mayCall(name, principal))
      .map(ofFunction);
    const servers = await mcpServers.of(tenantId);
    const outside = await Promise.all(servers.map(({ name }) => toolsOf(tenantId, name)));
    return [
      ...own,
      ...outside.flat().map(({ server, name, description, isReadOnly, binds }) => ({
        tool: `${MCP}${server}/${name}`,
        summary: description,
        changes: !isReadOnly,
        about: 'server' as const,
        bound: Object.keys(binds),
        fields: [],
      })),
    ];
  }

  /** A server that does not answer offers nothing. */
  async function toolsOf(tenantId: string, name: string): Promise<McpTool[]> {
    try {
      return await mcpServers.tools(tenantId, name, true);
    } catch (error) {
      if (!isAppError(error)) throw error;
      log.warn({ server: name, reason: error.message }, 'A server of tools does not answer');
      return [];
    }
  }
}

function ofFunction(described: FunctionDescription): OfferedTool {
  const { name, summary, access, binds = {}, sameForAll = false } = described;
  return {
    tool: FUNCTION + name,
    summary,
    changes: !READING.test(access.scope),
    about: mustAsk(described) ? 'others' : sameForAll ? 'nobody' : 'customer',
    bound: Object.keys(binds),
    fields: neededFields(binds),
  };
}

function notOffered(tool: string) {
  return coreErrors.bad_request({ message: `There is no tool '${tool}' that you may call` });
}
