/** Answers from what is known, for workflows and agents: to texts, and to mail. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { AI_USE } from '../access.ts';
import { aiErrors } from '../errors.ts';
import { Bases } from '../knowledge/functions.ts';
import { moneyOf } from '../money.ts';
import type { RepliesScope } from './services.ts';
import type { Made } from './types.ts';

const How = {
  as: Type.Optional(Type.String({ maxLength: 100, description: 'Name of who answers' })),
  persona: Type.Optional(Type.String({ maxLength: 4_000, description: 'The persona, and how it speaks' })),
  scenario: Type.Optional(Type.String({ maxLength: 8_000, description: 'The purpose of the answers' })),
  bases: Bases,
  provider: Type.Optional(Type.String({ maxLength: 60 })),
};
const Sources = Type.Array(
  Type.Object({
    document_id: Type.String(),
    document: Type.String(),
    headings: Type.Array(Type.String()),
    page: Type.Union([Type.Integer(), Type.Null()]),
  }),
);
const Outcome = {
  action: Type.Enum(['reply', 'handover', 'silent', 'held'], {
    description: '`handover`: a person has to answer; `silent`: no answer is needed',
  }),
  text: Type.String({ description: 'The answer; with `handover` a sentence that says so' }),
  sources: Sources,
  cost: Type.Number({ description: 'In the currency of the plugin' }),
};

interface How {
  as?: string;
  persona?: string;
  scenario?: string;
  bases?: string[];
  provider?: string;
}

export const replyFunctions = [
  defineFunction({
    name: 'ai.reply',
    summary: 'Answers a text from what is known, or says that a person has to; sends nothing',
    access: AI_USE,
    input: Type.Object({
      text: Type.String({ minLength: 1, maxLength: 50_000 }),
      before: Type.Optional(
        Type.Array(Type.Object({ by: Type.Enum(['them', 'us']), text: Type.String({ maxLength: 20_000 }) }), {
          maxItems: 50,
          description: 'What was said before, oldest first',
        }),
      ),
      from: Type.Optional(Type.String({ maxLength: 200, description: 'Name of who has written' })),
      ...How,
    }),
    output: Type.Object(Outcome),
    async run({ text, before = [], from = '', ...how }, { tenantId, workflow, signal }, { textAnswers }: RepliesScope) {
      const said = [...before, { by: 'them' as const, text }];
      const made = await textAnswers.answer({
        tenantId,
        channel: 'chat',
        said,
        from,
        workflow: workflow ?? null,
        signal: ending(signal),
        ...howOf(how),
      });
      return outcomeOf(made);
    },
  }),
  defineFunction({
    name: 'ai.answerMail',
    summary: 'Answers a mail from what is known: as a draft that a person sends, or sent at once',
    // What it needs of mail the functions of mail ask for themselves.
    access: AI_USE,
    input: Type.Object({
      message_id: Type.Integer(),
      mode: Type.Enum(['draft', 'send'], { default: 'draft' }),
      ...How,
    }),
    output: Type.Object({
      ...Outcome,
      draft_id: Type.Union([Type.String(), Type.Null()], {
        description: 'It waits under this id among the tool calls',
      }),
      sent_id: Type.Union([Type.String(), Type.Null()]),
    }),
    async run({ message_id, mode, ...how }, call, { functions, textAnswers, tools, aiRules }: RepliesScope) {
      const { principal, tenantId, workflow, signal, idempotencyKey } = call;
      const mail = Object(await functions.call('mail.read', { message_id }, { principal, idempotencyKey }));
      // Machines and lists get no answer that a program writes, and nothing is paid for one.
      if (mail.is_automatic) {
        return { action: 'silent' as const, text: '', sources: [], cost: 0, draft_id: null, sent_id: null };
      }
      const made = await textAnswers.answer({
        tenantId,
        channel: 'mail',
        from: String(mail.from),
        workflow: workflow ?? null,
        signal: ending(signal),
        said: [{ by: 'them', text: `Subject: ${mail.subject}\n\n${mail.text}`.slice(0, 50_000) }],
        ...howOf(how),
      });
      const outcome = { ...outcomeOf(made), draft_id: null, sent_id: null };
      if (made.action !== 'reply') return outcome;
      const input = { message_id, text: made.text };
      const isApproved = mode === 'send' && !(await aiRules.of(tenantId)).needsApproval;
      if (!isApproved) {
        if (principal.userId === null) throw aiErrors.nobody_asks();
        // Who sends it has read it.
        const approved = { ...input, automatic: false };
        const use = {
          tenantId,
          robotId: '',
          conversationId: `mail:${message_id}`,
          key: `${principal.id} ${idempotencyKey} ${message_id}`,
        };
        return { ...outcome, draft_id: await tools.propose(use, 'function:mail.reply', approved, principal.userId) };
      }
      const sent = Object(await functions.call('mail.reply', input, { principal, idempotencyKey }));
      return { ...outcome, sent_id: String(sent.id) };
    },
  }),
];

/** Where nobody ends it, it ends by the limits of the providers. Not one signal for all: what listens to it would gather. */
function ending(signal: AbortSignal | undefined): AbortSignal {
  return signal ?? new AbortController().signal;
}

function howOf({ as = '', persona = '', scenario = '', bases, provider }: How) {
  return { as, persona, scenario, bases: bases ?? null, provider: provider ?? null };
}

function outcomeOf({ action, text, sources, asked }: Made) {
  return {
    action,
    text,
    cost: moneyOf(asked?.micros ?? 0),
    sources: sources.map(({ document_id, document, headings, page }) => ({
      document_id,
      document,
      headings: [...headings],
      page,
    })),
  };
}
