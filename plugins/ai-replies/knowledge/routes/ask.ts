/** What colleagues ask of knowledge. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { AI_USE } from '../../access.ts';
import { moneyOf } from '../../money.ts';
import type { KnowledgeScope } from '../services.ts';
import { PassageView, passageView } from './views.ts';

const LONGEST_MS = 120_000;
const LONGEST_ANSWER = 20_000;
const Question = Type.String({ minLength: 1, maxLength: 2_000, pattern: '\\S' });
const OrNull = Type.Union([Type.String(), Type.Null()]);

export const askRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/ai/knowledge/ask',
    operationId: 'askKnowledge',
    tag: 'knowledge',
    access: AI_USE,
    rateLimit: { name: 'ai-replies.ask', points: 30, windowSeconds: 60, by: 'principal' },
    summary:
      'Answers a colleague from documents, and names the passages that the answer is from; costs a call of a model',
    body: Type.Object({
      question: Question,
      before: Type.Optional(
        Type.Array(Type.Object({ question: Question, answer: Type.String({ maxLength: LONGEST_ANSWER }) }), {
          maxItems: 10,
          description:
            'What was asked and answered before, oldest first; what is too long for the model goes from there, and nothing of it is kept',
        }),
      ),
      bases: Type.Optional(
        Type.Array(Type.String({ maxLength: 40 }), { maxItems: 200, description: 'Ids; default: all of the tenant' }),
      ),
    }),
    responses: {
      200: Type.Object({
        answer: Type.String({ description: '`[2]` names a source. Empty when nothing was found' }),
        sources: Type.Array(Type.Object({ number: Type.Integer(), ...PassageView.properties })),
        provider: OrNull,
        model: OrNull,
        cost: Type.Number(),
        currency: Type.String(),
      }),
    },
    async handler({ body, principal }, { aiConfig, knowledgeAsk }: KnowledgeScope) {
      const { question: text, before = [], bases = null } = body;
      const signal = AbortSignal.timeout(LONGEST_MS);
      const known = await knowledgeAsk.ask({ tenantId: principal.tenantId, text, before, bases, signal });
      return {
        answer: known.text,
        sources: known.sources.map(({ number, passage }) => ({ number, ...passageView(passage) })),
        provider: known.provider,
        model: known.model,
        cost: moneyOf(known.costMicros),
        currency: aiConfig.currency,
      };
    },
  }),
];
