/**
 * Tools for models. A model sees those that its robot was allowed, and no others; they are called with the rights that are left
 * of who has allowed them, of this tenant, and nothing that a model writes changes that. Tables: ai_replies_tool_grants,
 * ai_replies_tool_calls.
 */
import { isAppError, messageOf, sanitizeText, scopesOf, sha256, throughKey, timeWindow } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { RobotsServices } from '#plugins/robots/contract.ts';
import { cutText, plainJson } from '../guard/masked-values.ts';
import type { ModelTool } from '../models/types.ts';
import type { PartsInUse } from '../parts-in-use.ts';
import { parsedStorable, storableValue } from '../sanitize-json.ts';
import { type Binds, canBind, freeOf, mustAsk, withBound, withoutBound } from './bound-inputs.ts';
import { FUNCTION, MCP } from './grants.ts';
import type { McpServers } from './mcp-servers.ts';
import { modelName, namedApart } from './model-names.ts';
import { type CALL_MOVES, callStates } from './states.ts';
import type { ToolCallRow, ToolGrantRow } from './tables.ts';
import type { Tools, ToolUse, TrialWish } from './types.ts';

export interface ToolCalling extends Tools {
  /** Keeps a call for a person to decide on; once for each key and input. Gives its id. */
  propose(use: ToolUse, tool: string, input: unknown, userId: number): Promise<string>;
  /** Does what a person has approved, as that person, once. Gives what it gave; throws what it throws. */
  perform(call: ToolCallRow, approver: Principal, signal: AbortSignal): Promise<unknown>;
}

const MOST_OUTPUT = 20_000;
/** Of one answer: a model that asks for more has lost its way, or was led off it. */
const MOST_CALLS = 20;
/** As JSON, in characters. */
const MOST_INPUT = 20_000;
/** What was done so long ago a model is told no more. */
const REMEMBERED_MS = 3600_000;
const MOST_REMEMBERED = 5;
const MOST_SHOWN = 4_000;
const ENDED = ['done', 'failed', 'rejected'];
const ASKED = {
  asked: true,
  note: 'A person of ours has to allow this first and has been asked. Tell the contact that it is being looked into; do not call it again.',
};

const TRIED = { asked: true, note: 'This is being tried out: nothing was done. Answer as if somebody looks into it.' };

interface Described {
  tool: Omit<ModelTool, 'run'>;
  binds: Binds | undefined;
  mustAsk: boolean;
}

type KeptCall = Pick<ToolCallRow, 'uuid' | 'tool' | 'user_id' | 'state' | 'created_at'> &
  Partial<Pick<ToolCallRow, 'output' | 'decided_at'>> & { input: unknown };

interface Calling {
  tool: string;
  input: unknown;
  principal: Principal;
  signal: AbortSignal;
  byModel: 'unseen' | 'approved';
}

/** Of a call that a person has rejected. */
const REFUSED = JSON.stringify({
  refused: 'A person of ours has refused this. It was not done; do not call it again.',
});

export function createTools({
  db,
  clock,
  functions,
  accounts,
  mcpServers,
  partsInUse,
  robotLogs,
}: Services &
  Pick<AuthServices, 'accounts'> &
  Pick<RobotsServices, 'robotLogs'> & { mcpServers: McpServers; partsInUse: PartsInUse }): ToolCalling {
  return {
    async forModel(use) {
      const grants = await grantsOf(use.tenantId, use.robotId);
      const tools = await Promise.all(grants.map((grant) => toolOf(grant, use)));
      const calls = { left: MOST_CALLS };
      return namedApart(tools.flatMap((tool) => (tool ? [bounded(tool, calls)] : [])));
    },
    async forTrial({ tenantId, robotId }, { tools, note }) {
      const grants = tools ?? (await grantsOf(tenantId, robotId));
      const tried = await Promise.all(grants.map((grant) => trialOf({ ...grant, tenant_id: tenantId }, note)));
      const calls = { left: MOST_CALLS };
      return namedApart(tried.flatMap((tool) => (tool ? [bounded(tool, calls)] : [])));
    },
    async has({ tenantId, robotId }) {
      if (!(await partsInUse.of(tenantId)).tools) return false;
      const one = await db
        .read('ai_replies_tool_grants')
        .where({ tenant_id: tenantId, robot_id: robotId })
        .first('tool');
      return one !== undefined;
    },
    async hasUntold(conversation_id) {
      const answered = db
        .read('ai_replies_replies')
        .where({ conversation_id, state: 'sent' })
        .select(db.read.raw('coalesce(max(sent_at), 0)'));
      const untold = await db
        .read('ai_replies_tool_calls')
        .where({ conversation_id })
        .whereIn('state', ENDED)
        .whereRaw('decided_at > created_at')
        .where('decided_at', '>', answered)
        .first('id');
      return untold !== undefined;
    },
    async carriedOut({ tenantId, conversationId }) {
      if (!(await partsInUse.of(tenantId)).calls) return [];
      const rows = await db
        .read('ai_replies_tool_calls')
        .where({ tenant_id: tenantId, conversation_id: conversationId })
        .whereIn('state', ENDED)
        .whereBetween('decided_at', timeWindow(clock.now(), REMEMBERED_MS))
        .orderBy('id', 'desc')
        .limit(MOST_REMEMBERED)
        .select('tool', 'input', 'output', 'state');
      return rows.reverse().map(({ tool, input, output, state }) => ({
        tool,
        // What the platform has filled in is not told to a model; for servers it has filled in ids alone.
        input: cutText(plainJson(JSON.stringify(freeOf(JSON.parse(input), functionOf({ tool })?.binds))), MOST_SHOWN),
        output: cutText(plainJson(state === 'rejected' ? REFUSED : output), MOST_SHOWN),
      }));
    },
    propose,
    async perform(call, approver, signal) {
      const { tenant_id: tenantId, robot_id: robotId, conversation_id: conversationId, contact_id: contactId } = call;
      const use = { tenantId, robotId, conversationId, contactId, key: call.uuid };
      const { tool } = call;
      return carryOut(use, { tool, input: JSON.parse(call.input), principal: approver, signal, byModel: 'approved' });
    },
  };

  async function grantsOf(tenant_id: string, robot_id: string): Promise<ToolGrantRow[]> {
    return db.read('ai_replies_tool_grants').where({ tenant_id, robot_id }).orderBy('tool');
  }

  /** Null for a tool that is not there any more, may not be called any more, or is for nobody who speaks here. */
  async function toolOf(grant: ToolGrantRow, use: ToolUse): Promise<ModelTool | null> {
    const about = await describe(grant);
    if (!about || !canBind(about.binds, use)) return null;
    return {
      ...about.tool,
      async run(wish, signal) {
        const input = withBound(wish, about.binds, use);
        if (grant.asks === 1 || about.mustAsk) {
          await propose(use, grant.tool, input, grant.user_id);
          return ASKED;
        }
        const principal = await principalOf(grant);
        if (!principal) return { error: 'This is not allowed any more' };
        const key = sha256(`${use.key}\n${grant.tool}\n${JSON.stringify(input)}`);
        const call: Calling = { tool: grant.tool, input, principal, signal, byModel: 'unseen' };
        return reported(grant, use, input, () => carryOut({ ...use, key }, call));
      },
    };
  }

  /** Nothing is carried out, and nobody asked. */
  async function trialOf(
    grant: { tenant_id: string; tool: string; asks: boolean | number },
    note: TrialWish['note'],
  ): Promise<ModelTool | null> {
    const about = await describe(grant);
    if (!about) return null;
    const { tool, binds = {} } = about;
    return {
      ...tool,
      async run(input) {
        const asks = about.mustAsk || Boolean(grant.asks);
        note({ tool: grant.tool, input: freeOf(input, binds), bound: Object.keys(binds), asks });
        return TRIED;
      },
    };
  }

  async function describe({ tenant_id, tool }: Pick<ToolGrantRow, 'tenant_id' | 'tool'>): Promise<Described | null> {
    const name = modelName(tool);
    if (tool.startsWith(FUNCTION)) {
      const found = functionOf({ tool });
      if (!found) return null;
      const { summary: description, input, binds } = found;
      return { tool: { name, description, input: withoutBound({ ...input }, binds) }, binds, mustAsk: mustAsk(found) };
    }
    const [server = '', toolName = ''] = outsideParts(tool);
    try {
      const found = (await mcpServers.tools(tenant_id, server)).find((one) => one.name === toolName);
      if (!found) return null;
      const { description, input, binds } = found;
      return { tool: { name, description, input: withoutBound(input, binds) }, binds, mustAsk: false };
    } catch (error) {
      if (isAppError(error)) return null;
      throw error;
    }
  }

  function functionOf({ tool }: Pick<ToolGrantRow, 'tool'>) {
    return functions.list().find(({ name }) => FUNCTION + name === tool);
  }

  /** Who has allowed it, with no more than this one thing: never a super-admin, never of another tenant. */
  async function principalOf({ tenant_id, tool, user_id }: ToolGrantRow): Promise<Principal | null> {
    const person = await accounts.principalOf(user_id);
    if (!person || person.tenantId !== tenant_id) return null;
    const found = functionOf({ tool });
    return throughKey(person, found ? scopesOf(found.access) : []);
  }

  async function carryOut(use: ToolUse, { tool, input, signal, ...by }: Calling): Promise<unknown> {
    const { tenantId, key } = use;
    if (tool.startsWith(FUNCTION))
      return functions.call(tool.slice(FUNCTION.length), input, { ...by, idempotencyKey: `ai:${key}`, signal });
    const [server = '', name = ''] = outsideParts(tool);
    return mcpServers.call(tenantId, server, { tool: name, input, place: use }, signal);
  }

  async function propose(use: ToolUse, tool: string, input: unknown, userId: number): Promise<string> {
    const uuid = uuidOf(`${use.key}\n${tool}\n${JSON.stringify(input)}`);
    const state = callStates.to('propose');
    await store(use, { uuid, tool, user_id: userId, input, state, created_at: clock.now() });
    return uuid;
  }

  /** Once; and not for who was erased while it was called. */
  async function store(use: ToolUse, { input, ...call }: KeptCall): Promise<void> {
    const { tenantId, robotId, conversationId, contactId = '', isThere } = use;
    const known = await partsInUse.of(tenantId);
    await db.transaction(async (trx) => {
      if (isThere && !(await isThere(trx))) return;
      if (!known.calls) await partsInUse.made(trx, tenantId);
      await trx('ai_replies_tool_calls')
        .insert({
          tenant_id: tenantId,
          robot_id: robotId,
          conversation_id: conversationId,
          contact_id: contactId,
          ...call,
          input: JSON.stringify(input ?? {}),
        })
        .onConflict('uuid')
        .ignore();
    });
  }

  /** What it gave, cut; what it refuses, as a sentence that the model can act on. Either is kept. */
  async function reported(
    { tool, user_id }: ToolGrantRow,
    use: ToolUse,
    input: unknown,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const { tenantId, robotId, conversationId, key } = use;
    const uuid = uuidOf(`${key}\n${tool}\n${JSON.stringify(input)}`);
    let state: (typeof CALL_MOVES.carryOut.to)[number] = 'done';
    let output: unknown;
    try {
      output = storableValue(await work());
    } catch (error) {
      state = 'failed';
      output = { error: isAppError(error) ? error.message : 'It did not work' };
      robotLogs.note({
        type: 'ai',
        level: 'warn',
        message: 'A tool has failed',
        tenantId,
        details: { robotId, conversationId, tool, reason: messageOf(error) },
      });
    }
    const text = sanitizeText(JSON.stringify(output ?? null), MOST_OUTPUT);
    const now = clock.now();
    await store(use, { uuid, tool, user_id, input, state, output: text, created_at: now, decided_at: now });
    return text.length < MOST_OUTPUT ? output : { text: cutText(text, MOST_OUTPUT - 1), note: 'The rest was cut off' };
  }
}

function bounded(tool: ModelTool, calls: { left: number }): ModelTool {
  return {
    ...tool,
    async run(input, signal) {
      if (calls.left-- <= 0) return { error: `At most ${MOST_CALLS} calls are made for one answer` };
      const json = JSON.stringify(input ?? null);
      if (json.length > MOST_INPUT) return { error: `The input has more than ${MOST_INPUT} characters` };
      return tool.run(parsedStorable(json), signal);
    },
  };
}

/** `mcp:shop/find_order` → `shop`, `find_order`. */
function outsideParts(tool: string): string[] {
  const [server = '', ...name] = tool.slice(MCP.length).split('/');
  return [server, name.join('/')];
}

/** The same for the same call of the same answer. */
function uuidOf(text: string): string {
  const hex = sha256(text);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
