/** Tools: functions and MCP servers that a model may use for a robot, and those of its calls that a person approves. */
import { definePart } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import { TOOL_ATTENTION } from './attention.ts';
import { performTool } from './jobs.ts';
import { toolRoutes } from './routes/index.ts';
import { type ToolsScope, toolServices } from './services.ts';
import { toolTables } from './tables.ts';

export const tools = definePart<ToolsScope & { config: AiRepliesConfig }>({
  name: 'tools',
  summary: 'What models may do, and what of it a person approves',
  needs: ['models'],
  tables: toolTables,
  services: toolServices,
  routes: toolRoutes,
  jobs: [performTool],
  attention: TOOL_ATTENTION,
});
