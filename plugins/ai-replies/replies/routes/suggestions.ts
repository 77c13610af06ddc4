/** Answers that a person asks for, and sends or not. */
import Type, { type Static } from 'typebox';
import { route } from '#core/plugin.ts';
import { AI_USE } from '../../access.ts';
import { moneyOf } from '../../money.ts';
import type { RepliesScope } from '../services.ts';
import type { Made } from '../types.ts';

const LONGEST_MS = 120_000;

const Suggestion = Type.Object({
  action: Type.Enum(['reply', 'handover', 'silent', 'held'], {
    description: '`handover`: only a person can say it; `silent`: no answer is needed',
  }),
  text: Type.String({ description: 'With `reply` the answer; nothing was sent' }),
  sources: Type.Array(
    Type.Object({
      document_id: Type.String(),
      document: Type.String(),
      headings: Type.Array(Type.String()),
      page: Type.Union([Type.Integer(), Type.Null()]),
    }),
  ),
  cost: Type.Number({ description: 'In the currency of the plugin' }),
});

export const suggestionRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/ai/conversations/{id}/suggest',
    operationId: 'suggestAnswer',
    access: { ...AI_USE, also: ['robots:read'] },
    summary:
      'An answer to what the contact said last, by the policy of the robot, for a person to send; costs a call of a model',
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 60 }) }),
    responses: { 200: Suggestion },
    handler: async ({ params, principal }, { suggestions }: RepliesScope) =>
      view(await suggestions.forConversation(principal, params.id, AbortSignal.timeout(LONGEST_MS))),
  }),
  route({
    method: 'POST',
    path: '/api/platform/ai/mails/{id}/suggest',
    operationId: 'suggestAnswerToMail',
    access: AI_USE,
    summary: 'An answer to a mail, from what is known, for a person to send; costs a call of a model',
    params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
    responses: { 200: Suggestion },
    handler: async ({ params, principal }, { suggestions }: RepliesScope) =>
      view(await suggestions.forMail(principal, params.id, AbortSignal.timeout(LONGEST_MS))),
  }),
];

function view({ action, text, sources, asked }: Made): Static<typeof Suggestion> {
  return {
    action,
    text: action === 'reply' ? text : '',
    sources: sources.map(({ document_id, document, headings, page }) => ({
      document_id,
      document,
      page,
      headings: [...headings],
    })),
    cost: moneyOf(asked?.micros ?? 0),
  };
}
