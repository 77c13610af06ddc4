/** The services of tools by name. */
import type { ToolApprovals } from './approvals.ts';
import type { ToolGrants } from './grants.ts';
import type { McpServers } from './mcp-servers.ts';
import type { ToolCalling } from './tools.ts';

export interface ToolsOwn {
  mcpServers: McpServers;
  toolApprovals: ToolApprovals;
  toolGrants: ToolGrants;
  tools: ToolCalling;
}
