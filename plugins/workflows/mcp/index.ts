/** MCP: functions and exposed workflows as tools of the Model Context Protocol, for AI agents. */
import { definePart } from '#core/plugin.ts';
import { mcpRoutes } from './routes.ts';

export const mcp = definePart({
  name: 'mcp',
  summary: 'Functions and workflows as tools of AI agents',
  needs: ['definitions', 'engine'],
  routes: mcpRoutes,
});
