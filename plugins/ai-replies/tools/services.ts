/** How the services of tools are made. */
import type { ServicesOf } from '#core/plugin.ts';
import { createToolApprovals } from './approvals.ts';
import { createToolGrants } from './grants.ts';
import { createMcpServers } from './mcp-servers.ts';
import { createTools } from './tools.ts';

export const toolServices = {
  mcpServers: createMcpServers,
  toolApprovals: createToolApprovals,
  toolGrants: createToolGrants,
  tools: createTools,
};

export interface ToolsOwn extends ServicesOf<typeof toolServices> {}
