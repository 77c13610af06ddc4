/** Tools as pages read them. */
import type { AnswerOf, RowOf } from 'patchbay-platform/ui';

export const TOOL_CALLS = '/api/platform/ai/tool-calls';
export const OFFERED = '/api/platform/ai/tools';
export const GIVEN = '/api/platform/ai/robots/{robotId}/tools';
export const SERVERS = '/api/platform/ai/mcp-servers';
export const SERVER = '/api/platform/ai/mcp-servers/{name}';
export type ToolCall = RowOf<typeof TOOL_CALLS>;
export type OfferedTool = AnswerOf<typeof OFFERED>['items'][number];
export type McpServer = AnswerOf<typeof SERVERS>['items'][number];
/** Calls are made while answers are. */
export const CALL_TOPICS = ['ai.reply.generated', 'ai.reply.held'] as const;

/** `function:contacts.update` → `contacts.update`; `mcp:shop/find_order` → `shop / find_order`. */
export function toolName(tool: string): string {
  return tool.replace(/^(function|mcp):/, '').replace('/', ' / ');
}
