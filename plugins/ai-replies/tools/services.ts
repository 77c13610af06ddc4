/** How the services of tools are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { ModelsOwn } from '../models/services.ts';
import type { AiGround } from '../services.ts';
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

/** What this part sees. */
export interface ToolsScope extends AiGround, ModelsOwn, ToolsOwn {}
