/** Calls of tools: those that wait for a person, and what came of the others. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute, route } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import { seenToolCalls } from '../../visibility.ts';
import type { ToolsScope } from '../services.ts';
import type { ToolCallRow } from '../tables.ts';

const PATH = '/api/platform/ai/tool-calls';
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
const STATES = ['waiting', 'approved', 'done', 'failed', 'rejected', 'expired'] as const;

const CallView = Type.Object({
  id: Type.String(),
  robot_id: Type.String(),
  conversation_id: Type.String(),
  tool: Type.String(),
  input: Type.Unknown(),
  state: Type.Enum([...STATES]),
  output: Type.Unknown({ description: 'What it gave; null while it has given nothing' }),
  created_at: Type.String(),
  decided_at: Type.Union([Type.String(), Type.Null()]),
});

const decide = (verb: 'approve' | 'reject', summary: string) =>
  route({
    method: 'POST',
    path: `${PATH}/{id}/${verb}`,
    operationId: `${verb}AiToolCall`,
    access: AI_MANAGE,
    summary,
    params: Id,
    responses: { 200: CallView },
    body: Type.Optional(
      Type.Object({ input: Type.Optional(Type.Unknown({ description: 'Instead of what the model wants' })) }),
    ),
    async handler({ params, body, principal }, { toolApprovals }: ToolsScope) {
      const decision = { isApproved: verb === 'approve', input: body?.input };
      return viewOf(await toolApprovals.decide(principal, params.id, decision));
    },
  });

export const toolCallRoutes = [
  listRoute({
    path: PATH,
    access: AI_READ,
    summary: 'Calls of tools, newest first',
    item: CallView,
    columns: {
      state: { type: 'text', filter: 'equals', values: STATES },
      robot_id: { type: 'text', filter: 'equals' },
      conversation_id: { type: 'text', filter: 'equals' },
    },
    rows: ({ principal }, { db, conversations }: ToolsScope) => seenToolCalls(db.read, principal, conversations),
    items: (rows: ToolCallRow[]) => rows.map(viewOf),
  }),
  decide('approve', 'Carries out a call that waits, with the rights of who approves it'),
  decide('reject', 'Refuses a call that waits'),
];

function viewOf({ uuid, robot_id, conversation_id, tool, input, state, output, created_at, decided_at }: ToolCallRow) {
  return {
    id: uuid,
    robot_id,
    conversation_id,
    tool,
    input: JSON.parse(input),
    state,
    output: output === '' ? null : readable(output),
    created_at: isoSeconds(created_at),
    decided_at: decided_at === null ? null : isoSeconds(decided_at),
  };
}

/** What was cut is no JSON any more. */
function readable(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch (error) {
    if (error instanceof SyntaxError) return output;
    throw error;
  }
}
