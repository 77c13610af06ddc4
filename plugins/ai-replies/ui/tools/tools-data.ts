/** Tools as pages read them. */
import { $api, type AnswerOf, type RowOf } from 'patchbay-platform/ui';

export const TOOL_CALLS = '/api/platform/ai/tool-calls';
export const OFFERED = '/api/platform/ai/tools';
export const GIVEN = '/api/platform/ai/robots/{robotId}/tools';
export const SERVERS = '/api/platform/ai/mcp-servers';
export const SERVER = '/api/platform/ai/mcp-servers/{name}';
export type ToolCall = RowOf<typeof TOOL_CALLS>;
export type OfferedTool = AnswerOf<typeof OFFERED>['items'][number];
export type GivenTool = OfferedTool & { asks: boolean };
export type McpServer = AnswerOf<typeof SERVERS>['items'][number];
/** Calls are made while answers are. */
export const CALL_TOPICS = ['ai.reply.generated', 'ai.reply.held'] as const;

/** `function:contacts.update` → `contacts.update`; `mcp:shop/find_order` → `shop / find_order`. */
export function toolName(tool: string): string {
  return tool.replace(/^(function|mcp):/, '').replace('/', ' / ');
}

/** What each does, in the language of the page where that is known: servers describe their own tools in theirs. */
export function useSummaries(): (tool: Pick<OfferedTool, 'tool' | 'summary'>) => string {
  const functions = $api.useQuery('get', '/api/platform/functions');
  const known = new Map(functions.data?.items.map(({ name, summary }) => [`function:${name}`, summary]));
  return ({ tool, summary }) => sentence(known.get(tool) ?? summary);
}

function sentence(text: string): string {
  return text === '' || /[.。!！?？]$/.test(text) ? text : `${text}${/[\u4e00-\u9fff]$/.test(text) ? '。' : '.'}`;
}
