/** How the services of tools are made. */
import type { FactoriesOf } from '#core/plugin.ts';
import type { AiScope } from '../scope.ts';
import { createToolApprovals } from './approvals.ts';
import { createToolGrants } from './grants.ts';
import { createMcpServers } from './mcp-servers.ts';
import type { ToolsOwn } from './own.ts';
import { createTools } from './tools.ts';

export const toolServices = {
  mcpServers: createMcpServers,
  toolApprovals: createToolApprovals,
  toolGrants: createToolGrants,
  tools: createTools,
} satisfies FactoriesOf<ToolsOwn, AiScope>;
