/** How answers, and what they come from, are shown. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { versionOf } from '#core/plugin.ts';
import type { RobotsServices, SpokenConversation } from '#plugins/robots/contract.ts';
import type { Passage } from '../../knowledge/types.ts';
import type { ReplyRow } from '../tables.ts';
import type { Source } from '../types.ts';

const Nullable = { text: Type.Union([Type.String(), Type.Null()]), count: Type.Union([Type.Integer(), Type.Null()]) };

export const REPLY_STATES = ['ready', 'draft', 'sent', 'rejected', 'withdrawn', 'held', 'silent'] as const;

export const SourceView = Type.Object({
  id: Type.String(),
  document_id: Type.String(),
  document: Type.String(),
  headings: Type.Array(Type.String()),
  page: Nullable.count,
  offset: Type.Integer(),
});

const Score = Type.Union([Type.Number(), Type.Null()]);
export const PassageView = Type.Object({
  ...SourceView.properties,
  text: Type.String(),
  score: Type.Number({ description: 'From 0 to 1' }),
  found: Type.Object({ words: Score, meaning: Score, rerank: Score }),
});

export const ReplyView = Type.Object({
  id: Type.String(),
  robot_id: Type.String(),
  conversation_id: Type.String(),
  contact_id: Type.String(),
  person: Type.String({ description: 'The person who is answered' }),
  group: Type.String({ description: "In which group; '' with a person alone" }),
  state: Type.Enum([...REPLY_STATES]),
  reason: Type.String({ description: 'Why nothing was sent, or what it was made of instead of a model’s answer' }),
  question: Type.String(),
  text: Type.String(),
  sources: Type.Array(SourceView),
  provider: Nullable.text,
  model: Nullable.text,
  micros: Type.Integer({ description: 'What it has cost, in millionths of the currency' }),
  input_tokens: Type.Integer(),
  output_tokens: Type.Integer(),
  prompt_hash: Type.String({ description: 'The same for the same prompt' }),
  approved_answer: Nullable.text,
  send_at: Nullable.text,
  sent_at: Nullable.text,
  created_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of what is done with it' }),
});

/** With those who are answered, read at once. */
export async function replyViews(
  rows: readonly ReplyRow[],
  { conversations }: Pick<RobotsServices, 'conversations'>,
): Promise<Static<typeof ReplyView>[]> {
  const companions = await conversations.companions(rows.map(({ conversation_id }) => conversation_id));
  return rows.map((row) => replyView(row, companions.get(row.conversation_id)));
}

export function replyView(
  row: ReplyRow,
  { person, group }: Pick<SpokenConversation, 'person' | 'group'> = { person: '', group: '' },
): Static<typeof ReplyView> {
  const { uuid, robot_id, conversation_id, contact_id, state, reason, question, text, provider, model, micros } = row;
  const sources: Source[] = JSON.parse(row.sources);
  return {
    id: uuid,
    robot_id,
    conversation_id,
    contact_id,
    person,
    group,
    state,
    reason,
    question,
    text,
    sources: sources.map((source) => ({ ...source, headings: [...source.headings] })),
    provider,
    model,
    micros,
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    prompt_hash: row.prompt_hash,
    approved_answer: row.approved,
    send_at: isoSeconds(row.send_at),
    sent_at: isoSeconds(row.sent_at),
    created_at: isoSeconds(row.created_at),
    version: versionOf(row),
  };
}

export function passageView({ documentId, headings, ...passage }: Passage): Static<typeof PassageView> {
  const { id, document, page, offset, text, score, found } = passage;
  return { id, document_id: documentId, document, headings: [...headings], page, offset, text, score, found };
}
