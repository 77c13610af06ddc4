/** Servers of the Model Context Protocol, whose tools robots may be given. */
import Type from 'typebox';
import { isoSeconds, shownAddress } from '#core/kit.ts';
import { type Principal, reply, route } from '#core/plugin.ts';
import { AI_ADMINISTER, AI_READ } from '../../access.ts';
import { KEY_PATTERN } from '../../config.ts';
import type { ToolsScope } from '../services.ts';
import type { McpServerRow } from '../tables.ts';

const PATH = '/api/platform/ai/mcp-servers';
const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,59}$' });
const Params = Type.Object({ name: Name });

const ServerView = Type.Object({
  name: Type.String(),
  url: Type.String({ description: 'Its origin alone for keys without `ai:manage`' }),
  has_token: Type.Boolean(),
  created_at: Type.String(),
});

export const mcpServerRoutes = [
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listAiMcpServers',
    access: AI_READ,
    summary: 'Servers of tools that this tenant has named',
    responses: { 200: Type.Object({ items: Type.Array(ServerView) }) },
    handler: async ({ principal }, { mcpServers }: ToolsScope) => ({
      items: (await mcpServers.of(principal.tenantId)).map((server) => viewOf(server, principal)),
    }),
  }),
  route({
    method: 'POST',
    path: PATH,
    operationId: 'addAiMcpServer',
    access: AI_ADMINISTER,
    summary: 'Names a server of tools; its token is sealed and never shown again',
    body: Type.Object({
      name: Name,
      url: Type.String({ pattern: '^https?://[^\\u0000]*$', maxLength: 1_000 }),
      token: Type.Optional(Type.String({ maxLength: 2_000, pattern: KEY_PATTERN, writeOnly: true })),
    }),
    responses: { 201: ServerView },
    async handler({ body: { name, url, token = '' }, principal }, { mcpServers }: ToolsScope) {
      return reply(201, viewOf(await mcpServers.create(principal.tenantId, { name, url, token }), principal));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{name}`,
    operationId: 'removeAiMcpServer',
    access: AI_ADMINISTER,
    summary: 'Forgets a server of tools, and that robots may call them',
    params: Params,
    responses: { 204: null },
    async handler({ params, principal }, { mcpServers }: ToolsScope) {
      await mcpServers.remove(principal.tenantId, params.name);
      return reply(204);
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/{name}/tools`,
    operationId: 'listAiMcpTools',
    access: AI_READ,
    summary: 'What it offers, asked of it now',
    params: Params,
    responses: {
      200: Type.Object({
        items: Type.Array(Type.Object({ name: Type.String(), description: Type.String(), read_only: Type.Boolean() })),
      }),
    },
    async handler({ params, principal }, { mcpServers }: ToolsScope) {
      const tools = await mcpServers.tools(principal.tenantId, params.name, true);
      return {
        items: tools.map(({ name, description, isReadOnly }) => ({ name, description, read_only: isReadOnly })),
      };
    },
  }),
];

function viewOf({ name, url, token, created_at }: McpServerRow, principal: Principal) {
  return {
    name,
    url: shownAddress(principal, 'ai:manage', url),
    has_token: token !== null,
    created_at: isoSeconds(created_at),
  };
}
