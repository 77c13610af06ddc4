/** Policies of robots, and the test bench that shows what they lead to. */
import Type, { type Static } from 'typebox';
import { IF_MATCH, preconditionOf, route, versioned, versionOf } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import { policyFor } from '../policies.ts';
import { Policy, PolicySetting, wholePolicy } from '../policy.ts';
import type { RepliesScope } from '../services.ts';
import { answeringOf, speakersFor } from '../speakers.ts';
import { PassageView, passageView, SourceView } from './views.ts';

const PATH = '/api/platform/ai/policies/{robotId}';
const Robot = Type.Object({ robotId: Type.String({ minLength: 1, maxLength: 60 }) });
const LONGEST_TRIAL_MS = 150_000;

export const PolicyView = Type.Object({
  robot_id: Type.String(),
  is_set: Type.Boolean({ description: 'Whether anybody has set it; otherwise it is what holds for all' }),
  policy: Policy,
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

const Nullable = <T extends Type.TSchema>(of: T) => Type.Union([of, Type.Null()]);
const TrialView = Type.Object({
  approved: Nullable(
    Type.Object({ id: Type.String(), question: Type.String(), answer: Type.String(), score: Type.Number() }),
  ),
  passages: Type.Array(PassageView),
  calls: Type.Array(
    Type.Object({
      tool: Type.String(),
      input: Type.Unknown(),
      bound: Type.Array(Type.String(), { description: 'Inputs that the platform fills in' }),
      asks: Type.Boolean({ description: 'A person would be asked first' }),
    }),
    { description: 'What the model would have called; nothing was' },
  ),
  prompt: Type.Object(
    {
      instructions: Type.String(),
      messages: Type.Array(Type.Object({ role: Type.Enum(['user', 'assistant']), text: Type.String() })),
      hash: Type.String(),
    },
    { description: 'What a model would read, with placeholders instead of personal data' },
  ),
  answer: Nullable(
    Type.Object({
      action: Type.Enum(['reply', 'handover', 'silent', 'held']),
      reason: Type.String(),
      text: Type.String(),
      sources: Type.Array(SourceView),
      provider: Nullable(Type.String()),
      model: Nullable(Type.String()),
      input_tokens: Type.Integer(),
      output_tokens: Type.Integer(),
      micros: Type.Integer(),
    }),
  ),
});

const SpeakersView = Type.Object({
  robots: Type.Array(Type.Object({ robot_id: Type.String(), name: Type.String() })),
});

const AnsweringView = Type.Object({
  robots: Type.Array(
    Type.Object({
      robot_id: Type.String(),
      answers: Type.Enum(['off', 'elsewhere', 'no_model', 'drafts', 'alone'], {
        description:
          '`off`: no consent, or no messages that it answers; `elsewhere`: a program or people; `no_model`: models, of which there are none; `drafts`: a person sends each answer',
      }),
    }),
  ),
});

export const policyRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/ai/autopilot',
    access: AI_READ,
    summary: 'Robots that answer without a person, or will as soon as AI is allowed',
    responses: { 200: SpeakersView },
    async handler({ principal }, scope: RepliesScope) {
      const robots = await speakersFor(principal, scope);
      return { robots: robots.map(({ robotId, name }) => ({ robot_id: robotId, name })) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/ai/answering',
    access: AI_READ,
    summary:
      'How each of your robots answers: not at all, as drafts, without a person, by something else, or by a model that is missing',
    responses: { 200: AnsweringView },
    async handler({ principal }, scope: RepliesScope) {
      const robots = await answeringOf(principal, scope);
      return { robots: robots.map(({ robotId, answers }) => ({ robot_id: robotId, answers })) };
    },
  }),
  route({
    method: 'GET',
    path: PATH,
    access: AI_READ,
    summary: 'When and how a robot answers',
    params: Robot,
    responses: { 200: PolicyView },
    async handler({ params, principal }, { conversations, policies }: RepliesScope) {
      const robot = await conversations.robotOf(principal, params.robotId);
      const known = await policies.of(robot.robotId);
      const policy = policyFor(known, robot);
      return versioned(policy, viewOf(robot.robotId, policy, known.isSet));
    },
  }),
  route({
    method: 'PUT',
    path: PATH,
    access: AI_MANAGE,
    summary:
      'Sets when and how a robot answers, and whether a person sends each answer; what else is left out is as if nobody had set it',
    requestHeaders: IF_MATCH,
    params: Robot,
    body: PolicySetting,
    responses: { 200: PolicyView },
    async handler({ params, body, principal, ctx }, { conversations, policies }: RepliesScope) {
      const robot = await conversations.robotOf(principal, params.robotId);
      const policy = await policies.set(robot, wholePolicy(body), preconditionOf(ctx));
      return versioned(policy, viewOf(robot.robotId, policy, true));
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/try`,
    access: AI_MANAGE,
    summary:
      'Shows what would be found and sent to a model, and with `ask` what it answers; nothing goes to anybody else',
    params: Robot,
    body: Type.Object(
      {
        text: Type.String({ minLength: 1, maxLength: 4_000, pattern: '\\S' }),
        ask: Type.Optional(Type.Boolean({ default: false, description: 'Asks a model, which may cost money' })),
        tools: Type.Optional(
          Type.Array(Type.Object({ tool: Type.String({ minLength: 1, maxLength: 200 }), asks: Type.Boolean() }), {
            maxItems: 50,
            description:
              'What the model may call, and not what the robot was allowed, of what the caller could allow; nothing is called',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    responses: { 200: TrialView },
    async handler({ params, body, principal }, { conversations, toolGrants, trials }: RepliesScope) {
      const robot = await conversations.robotOf(principal, params.robotId);
      const signal = AbortSignal.timeout(LONGEST_TRIAL_MS);
      const tools = body.tools ? await toolGrants.among(principal, robot.tenantId, body.tools) : null;
      const { prepared, made, calls } = await trials.run(robot, body.text, { ask: body.ask ?? false, tools, signal });
      const { instructions, messages, hash } = prepared.prompt;
      const asked = made?.asked;
      return {
        approved: prepared.approved,
        passages: prepared.passages.map(passageView),
        calls,
        prompt: { instructions, messages: messages.map(({ role, text }) => ({ role, text })), hash },
        answer: made && {
          action: made.action,
          reason: made.reason,
          text: made.text,
          sources: made.sources.map((source) => ({ ...source, headings: [...source.headings] })),
          provider: asked?.provider ?? null,
          model: asked?.model ?? null,
          micros: asked?.micros ?? 0,
          input_tokens: asked?.inputTokens ?? 0,
          output_tokens: asked?.outputTokens ?? 0,
        },
      };
    },
  }),
];

function viewOf(robotId: string, policy: Policy, isSet: boolean): Static<typeof PolicyView> {
  return { robot_id: robotId, is_set: isSet, policy, version: versionOf(policy) };
}
