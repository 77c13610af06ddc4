/** Which tools a robot may call. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { AI_ADMINISTER, AI_READ } from '../../access.ts';
import type { ToolsScope } from '../services.ts';

const PATH = '/api/platform/ai/robots/{robotId}/tools';
const Params = Type.Object({ robotId: Type.String({ minLength: 1, maxLength: 60 }) });
const Tool = Type.String({
  minLength: 1,
  maxLength: 200,
  description: '`function:contacts.update`, `mcp:shop/find_order`',
});
const Offered = {
  tool: Tool,
  summary: Type.String(),
  changes: Type.Boolean({
    description: 'It changes something: a person approves each call unless that is switched off',
  }),
  about: Type.Enum(['customer', 'nobody', 'others', 'server'], {
    description:
      'Whom it is about: the customer who asks; nobody, being the same for all; perhaps others, so that a person approves each call in any case; or a person its server names, which is told who asks',
  }),
  bound: Type.Array(Type.String(), { description: 'Inputs that the platform fills in; no model sees or chooses them' }),
  fields: Type.Array(Type.String(), { description: 'Fields that the contact has to have for it to be offered at all' }),
};
const Given = Type.Object({
  items: Type.Array(Type.Object({ ...Offered, asks: Type.Boolean({ description: 'A person approves each call' }) })),
});

export const toolGrantRoutes = [
  route({
    method: 'GET',
    path: PATH,
    operationId: 'listAiTools',
    access: AI_READ,
    summary: 'Tools that the robot may call while it answers',
    params: Params,
    responses: { 200: Given },
    async handler({ params, principal }, { toolGrants, conversations }: ToolsScope) {
      const { tenantId, robotId } = await conversations.robotOf(principal, params.robotId);
      return { items: await toolGrants.of(tenantId, robotId) };
    },
  }),
  route({
    method: 'PUT',
    path: PATH,
    operationId: 'allowAiTools',
    access: AI_ADMINISTER,
    summary: 'Allows these tools and no others; they are called with the rights of who allows them',
    params: Params,
    body: Type.Object({
      items: Type.Array(Type.Object({ tool: Tool, asks: Type.Optional(Type.Boolean()) }), { maxItems: 50 }),
    }),
    responses: { 200: Given },
    async handler({ params, body, principal }, { toolGrants, conversations }: ToolsScope) {
      const { tenantId } = await conversations.robotOf(principal, params.robotId);
      await toolGrants.replace(principal, tenantId, params.robotId, body.items);
      return { items: await toolGrants.of(tenantId, params.robotId) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/ai/tools',
    operationId: 'listOfferedAiTools',
    access: AI_READ,
    summary: 'Tools that the caller could allow a robot',
    responses: { 200: Type.Object({ items: Type.Array(Type.Object(Offered)) }) },
    handler: async ({ principal }, { toolGrants }: ToolsScope) => ({
      items: await toolGrants.offered(principal, principal.tenantId),
    }),
  }),
];
