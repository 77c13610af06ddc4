/** The routes of tools. */
import { toolCallRoutes } from './calls.ts';
import { toolGrantRoutes } from './grants.ts';
import { mcpServerRoutes } from './mcp-servers.ts';

export const toolRoutes = [...mcpServerRoutes, ...toolGrantRoutes, ...toolCallRoutes];
